"""Training of ItNet, the network that hwgen turns into hardware."""

__version__ = "0.2.0"
