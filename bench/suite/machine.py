"""What the figures of a run were measured on."""

import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Dict, Union


def _first(pattern: str, text: str, default: str = "") -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else default


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def file_system_of(folder: Path, mounts: str) -> str:
    """The type of the file system that holds `folder`, by a text like /proc/self/mounts."""
    best, kind = "", ""
    path = os.path.realpath(folder)
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if os.path.commonpath([path, point]) == point and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def version_of(*command: str) -> str:
    """What a program says its version is; empty when it is not here."""
    try:
        text = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return _first(r"(\d+(?:\.\d+)+)", text)


def describe(data_folder: Path) -> Dict[str, Union[str, int, float]]:
    """Processor, memory, disk and system of this machine."""
    processors = _read("/proc/cpuinfo")
    memory_kib = int(_first(r"^MemTotal:\s+(\d+)", _read("/proc/meminfo"), "0"))
    return {
        "processor": _first(r"^model name\s*:\s*(.+)$", processors, platform.machine()),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory_kib / 1024**2, 1),
        "file_system": file_system_of(data_folder, _read("/proc/self/mounts")),
        "kernel": platform.release(),
        "system": _first(r'^PRETTY_NAME="?([^"\n]+)', _read("/etc/os-release")),
        "load_before": round(os.getloadavg()[0], 2),
    }
