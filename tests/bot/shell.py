"""The command line as a test calls it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.main import main
from models.settings import EXPECTED

CHECKOUT = Path(__file__).parents[2]


@dataclass
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


class Shell:
    """Runs the command line in a folder, on a database: in this process, which is quick, or in one of its own."""

    def __init__(
        self, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.url = url
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        for name in EXPECTED:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DATABASE_URL", url)

    def __call__(self, *arguments: str, **environment: str) -> Done:
        with self._monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            self._capsys.readouterr()
            try:
                code = main(arguments)
            except SystemExit as left:  # argparse leaves by itself
                code = int(left.code or 0)
        output = self._capsys.readouterr()
        return Done(code, output.out, output.err)

    def process(self, *arguments: str, **environment: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=dict(os.environ) | {"PYTHONPATH": str(CHECKOUT)} | environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, "utf-8")
        return name
