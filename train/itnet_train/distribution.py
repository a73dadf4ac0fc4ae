"""Processes and devices of a run: alone, or one of those that torchrun started."""

from __future__ import annotations

import contextlib
import os

import torch
import torch.distributed as dist


def rank_and_world() -> tuple[int, int]:
    return (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)


def agreed(value):
    """What the first process has; small and picklable."""
    if rank_and_world()[1] > 1:
        box = [value]
        dist.broadcast_object_list(box)
        return box[0]
    return value


@contextlib.contextmanager
def distributed():
    """Join the group that torchrun describes, if it does."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    try:
        yield
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def device() -> torch.device:
    return torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else torch.device("cpu")
