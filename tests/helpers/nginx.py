"""Debian's nginx with the site of deploy/nginx.conf, on free ports and with a certificate of this moment."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.helpers.paths import ROOT

MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Site:
    """Where a person reaches Airflow: ``url`` with TLS, ``plain_url`` without."""

    url: str
    plain_url: str
    certificate: Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def new_site(folder: Path, behind_port: int) -> Site:
    """Write the site as an operator would: with the name, the certificate and the ports of this place."""
    plain, tls = free_port(), free_port()
    certificate, key = _certificate(folder)
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for theirs, ours in {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl;\n": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
        "https://koppel.example": f"https://localhost:{tls}",
        "server_name koppel.example;": "server_name localhost;",
        "/etc/ssl/koppel/fullchain.pem": str(certificate),
        "/etc/ssl/koppel/privkey.pem": str(key),
        "http://127.0.0.1:8080": f"http://127.0.0.1:{behind_port}",
    }.items():
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    return Site(f"https://localhost:{tls}", f"http://localhost:{plain}", certificate)


@contextmanager
def serve(folder: Path) -> Iterator[None]:
    """Run nginx on what was written in this folder. Debian has it where only root looks for programs."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "no nginx on this machine: as root, apt-get install nginx-light"
    command = [program, "-p", str(folder), "-c", "nginx.conf"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine that vouches for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(pem, pkcs8, plain))
    return files
