"""What hwgen raises."""


class HwgenError(Exception):
    """Something is wrong with what hwgen was given.

    Attributes:
        code: stable name of the error, such as ``hwgen::cli::image_size``; empty where it has none.
        message: what is wrong, where, what was got and what was wanted.
        help: what to do; empty where there is no advice.
        problems: several errors of one configuration, each as code, message and help.
    """

    def __init__(self, code: str, message: str, help: str, problems: list[tuple[str, str, str]] | None = None) -> None:
        super().__init__(code, message, help)
        self.code = code
        self.message = message
        self.help = help
        self.problems = problems or []

    def __str__(self) -> str:
        lines = [self.message]
        lines += [f"  - {message}" + (f" ({help})" if help else "") for _, message, help in self.problems]
        if self.help:
            lines.append(f"help: {self.help}")
        if self.code:
            lines.append(f"[{self.code}]")
        return "\n".join(lines)
