"""Mail of watches through a real server: STARTTLS, TLS from the start, login, and refusals."""

import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from newsbot.crawl.alerts import deliver
from tests.crawl.test_alerts import SETTINGS, Mailbox, a_message

# aiosmtpd does not notice that a connection with TLS from the start is encrypted.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

LOGIN = {"SMTP_USER": "mere", "SMTP_PASSWORD": "fantail"}


def make_certificate(folder: Path) -> Path:
    """Make a certificate for 127.0.0.1 that signs itself; return the file with it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "newsbot's tests")])
    now = datetime.now(UTC)
    hosts = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(hosts, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process trust the certificate, as a machine trusts those of its own authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def check_login(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> AuthResult:
    """Accept the login of the tests alone."""
    expected = LoginPassword(LOGIN["SMTP_USER"].encode(), LOGIN["SMTP_PASSWORD"].encode())
    return AuthResult(success=data == expected, handled=False)


@contextmanager
def serving(handler: type[Mailbox] = Mailbox, **options: Any) -> Iterator[Mailbox]:
    """Serve mail on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        mailbox = handler(free.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def server_options(security: str, certificate: Path) -> dict[str, Any]:
    """Return how a server is started that offers this security, and requires a login."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    login = {"authenticator": check_login, "auth_required": True}
    if security == "tls":
        return login | {"ssl_context": context, "auth_require_tls": False}
    return login | {"tls_context": context, "require_starttls": True}


def send(mailbox: Mailbox, **changed: Any) -> None:
    """Send a message through the server."""
    place = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port)}
    deliver(a_message("mail", "mere@example.com"), SETTINGS | place | changed)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_out_encrypted_with_a_login(certificate: Path, security: str) -> None:
    with serving(**server_options(security, certificate)) as mailbox:
        send(mailbox, SMTP_SECURITY=security, SMTP_FROM="news@example.com", **LOGIN)

    [mail] = mailbox.mails
    assert (mail["To"], mail["From"]) == ("mere@example.com", "news@example.com")
    assert mail["Message-ID"] == "<an-id@newsbot>"


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_wrong_password_delivers_nothing(certificate: Path, security: str) -> None:
    with serving(**server_options(security, certificate)) as mailbox:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(mailbox, SMTP_SECURITY=security, **LOGIN | {"SMTP_PASSWORD": "wrong"})
        with pytest.raises(smtplib.SMTPException):
            send(mailbox, SMTP_SECURITY=security)

    assert mailbox.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_untrusted_certificate_is_refused(certificate: Path, security: str) -> None:
    options = server_options(security, certificate)
    with serving(**options) as mailbox, pytest.raises(ssl.SSLCertVerificationError):
        send(mailbox, SMTP_SECURITY=security, **LOGIN)

    assert mailbox.mails == []


@pytest.mark.usefixtures("trusted")
def test_without_starttls_at_the_server_no_mail_goes_out_in_the_clear() -> None:
    with serving() as mailbox, pytest.raises(smtplib.SMTPNotSupportedError):
        send(mailbox, SMTP_SECURITY="starttls")

    assert mailbox.mails == []


class Refusing(Mailbox):
    """Refuses the recipient."""

    async def handle_RCPT(self, *_arguments: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "550 no such mailbox"


class FailingAtQuit(Mailbox):
    """Accepts mails, but answers QUIT with an error."""

    async def handle_QUIT(self, *_arguments: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "451 try again later"


def test_a_refused_recipient_is_a_failure() -> None:
    with serving(Refusing) as mailbox, pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mailbox)


def test_a_mail_that_was_accepted_is_delivered_whatever_comes_after() -> None:
    with serving(FailingAtQuit) as mailbox:
        send(mailbox)

    assert len(mailbox.mails) == 1


def test_a_server_that_says_nothing_or_is_not_there_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("newsbot.crawl.alerts.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = Mailbox(server.getsockname()[1])
        with pytest.raises(OSError, match="timed out"):
            send(silent)

    with pytest.raises(ConnectionRefusedError):
        send(silent)


def test_a_password_that_can_not_be_sent_is_a_failure() -> None:
    with serving() as mailbox, pytest.raises(ValueError, match="ASCII"):
        send(mailbox, **LOGIN | {"SMTP_PASSWORD": "kererū"})
