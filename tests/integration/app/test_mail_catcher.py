"""The demo's mail server as a process: what is sent to it is shown, and stays over a restart."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx2

from tests.harness.log_files import new_log
from tests.harness.ports import free_port
from tests.harness.simulator import ROOT, wait_until_ready


@contextmanager
def running_catcher(directory: Path, *, smtp_port: int) -> Iterator[str]:
    port = free_port()
    environment = {
        **os.environ,
        "SALDO_CATCHER_PORT": str(port),
        "SALDO_CATCHER_SMTP_PORT": str(smtp_port),
        "SALDO_CATCHER_DIRECTORY": str(directory),
    }
    with new_log("mail-catcher").open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.mail_catcher"],
            cwd=ROOT,
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/api/mails", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def make_mail(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Saldo <assistenza@saldo.example>"
    message["To"] = "mario.rossi@example.com"
    message["Subject"] = subject
    message["Message-ID"] = "<eml_1@saldo.example>"
    message.set_content("Ciao Mario, è tutto pagato.\n")
    message.add_alternative("<p>Ciao <b>Mario</b></p><script>alert(1)</script>", subtype="html")
    return message


async def test_a_mail_is_listed_shown_and_kept_over_a_restart(tmp_path: Path) -> None:
    smtp_port = free_port()

    with running_catcher(tmp_path, smtp_port=smtp_port) as url:
        await aiosmtplib.send(make_mail("Conferma <pagamento>"), hostname="127.0.0.1", port=smtp_port)
        [listed] = httpx2.get(f"{url}/api/mails").json()["mails"]
        page = httpx2.get(f"{url}/").text
    with running_catcher(tmp_path, smtp_port=smtp_port) as url:
        await aiosmtplib.send(make_mail("Seconda"), hostname="127.0.0.1", port=smtp_port)
        kept = httpx2.get(f"{url}/api/mails").json()["mails"]

    assert listed == {
        "number": 1,
        "From": "Saldo <assistenza@saldo.example>",
        "To": "mario.rossi@example.com",
        "Subject": "Conferma <pagamento>",
        "Date": "",
        "Message-ID": "<eml_1@saldo.example>",
        "text": "Ciao Mario, è tutto pagato.\n",
    }
    assert "Conferma &lt;pagamento&gt;" in page
    assert [mail["Subject"] for mail in kept] == ["Seconda", "Conferma <pagamento>"]


async def test_a_mail_is_shown_without_its_scripts_and_an_unknown_one_is_not_found(tmp_path: Path) -> None:
    smtp_port = free_port()

    with running_catcher(tmp_path, smtp_port=smtp_port) as url:
        await aiosmtplib.send(make_mail("Conferma"), hostname="127.0.0.1", port=smtp_port)
        page, html = httpx2.get(f"{url}/mails/1"), httpx2.get(f"{url}/mails/1/html")
        source, unknown = httpx2.get(f"{url}/mails/1/source"), httpx2.get(f"{url}/mails/2")

    assert "Ciao Mario, è tutto pagato." in page.text
    assert html.headers["content-security-policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert source.text.startswith("From: Saldo <assistenza@saldo.example>")
    assert unknown.status_code == 404
