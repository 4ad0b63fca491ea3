"""The distribution's nginx with the project's own configuration, before a served program."""

import os
import re
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

CONFIGURATION = Path("docker/proxy")
OF_A_CACHED_FILE = struct.Struct("=Qq")  # its version, and until when it is fresh; nginx' ngx_http_file_cache_header_t
CACHE_VERSION = 5
ANSWERS_WITHIN_S = 20


class Proxy:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.address = folder, port, f"http://127.0.0.1:{port}"

    @property
    def log(self) -> list[str]:
        return (self.folder / "access.log").read_text().splitlines()

    def how(self, path: str, requests: int) -> list[str]:
        """How each request of `path` was answered: MISS, HIT, STALE, REVALIDATED; `-` past the cache.

        The line of a request may be written after its answer: those of so many are waited for.
        """
        until = time.monotonic() + ANSWERS_WITHIN_S
        while len(lines := [line for line in self.log if f" {path} " in line]) < requests:
            assert time.monotonic() < until, self.log
        return [line.rpartition(" ")[2] for line in lines]

    def ages(self, seconds: int) -> None:
        """What it has kept, as if it were so much older."""
        for file in (self.folder / "cache").rglob("*"):
            if file.is_file():
                with file.open("r+b") as kept:
                    version, fresh_until = OF_A_CACHED_FILE.unpack(kept.read(OF_A_CACHED_FILE.size))
                    assert version == CACHE_VERSION
                    kept.seek(0)
                    kept.write(OF_A_CACHED_FILE.pack(version, fresh_until - seconds))


@contextmanager
def proxied(program: str, folder: Path) -> Iterator[Proxy]:
    """The http site of `docker/proxy`, with the paths, the port and the program of this test."""
    binary = shutil.which("nginx")
    assert binary, "the proxy is tested in the real nginx: `make test` brings it"
    proxy = Proxy(folder, _free_port())
    (folder / "cache").mkdir()
    (folder / "challenges").mkdir()
    _write(proxy, program.removeprefix("http://"), Path(binary).resolve().parents[2] / "etc" / "nginx" / "mime.types")
    command = [binary, "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"]
    with (folder / "access.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log)
        try:
            _wait(process, proxy)
            yield proxy
        finally:
            process.terminate()
            process.wait(timeout=20)


def _write(proxy: Proxy, program: str, types: Path) -> None:
    """Only what a container would give it otherwise is another: places, the user, the port, the program's name."""
    folder = str(proxy.folder)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    here = {
        "user nginx;": "user root;" if os.geteuid() == 0 else "",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/etc/nginx/mime.types": str(types),
        "/etc/nginx/conf.d/site.conf": f"{folder}/http.conf",
        "/etc/nginx/routes.conf": f"{folder}/routes.conf",
        "/var/cache/nginx/tiles": f"{folder}/cache",
        "/var/www/challenges": f"{folder}/challenges",
        "server api:8000;": f"server {program};",
        "listen 80 default_server;": f"listen 127.0.0.1:{proxy.port} default_server;",
        "listen [::]:80 default_server;": "",
        "http {\n": f"http {{\n{temporary}",
    }
    files = {name: (CONFIGURATION / name).read_text() for name in ("nginx.conf", "http.conf", "routes.conf")}
    for was in here:
        assert any(was in text for text in files.values()), was
    for name, text in files.items():
        pattern = "|".join(map(re.escape, here))
        (proxy.folder / name).write_text(re.sub(pattern, lambda found: here[found[0]], text))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", proxy: Proxy) -> None:
    until = time.monotonic() + ANSWERS_WITHIN_S
    while True:
        assert process.poll() is None, "nginx has ended"
        try:
            httpx.get(f"{proxy.address}/metrics", timeout=ANSWERS_WITHIN_S)
        except httpx.TransportError:
            assert time.monotonic() < until
        else:
            return
