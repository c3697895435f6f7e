"""A mail server for the tests: aiosmtpd, as Debian packages it.

Prints `listening on PORT` and then one line of JSON for each mail, as Python's own
email package understands it.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def parts_of(message):
    return [
        {"type": part.get_content_type(), "text": part.get_content()}
        for part in message.walk()
        if not part.is_multipart()
    ]


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        defects = [str(d) for part in message.walk() for d in part.defects]
        defects += [str(d) for name in message.keys() for d in message[name].defects]
        line = {
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "login": session.auth_data.login.decode() if session.auth_data else "",
            "headers": {name: str(value) for name, value in message.items()},
            "from": [[a.display_name, a.addr_spec] for a in message["From"].addresses],
            "to": [[a.display_name, a.addr_spec] for a in message["To"].addresses],
            "content_type": message.get_content_type(),
            "parts": parts_of(message),
            "defects": defects,
        }
        print(json.dumps(line), flush=True)
        return "250 2.0.0 kept"


def authenticator_of(user, password):
    def check(server, session, envelope, mechanism, data):
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
        # Unhandled: the server answers 535 itself.
        return AuthResult(success=known, handled=known, auth_data=data if known else None)

    return check


def tls_of(options):
    if not options.certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    return context


async def serve(options):
    tls = tls_of(options)
    starttls = None if options.implicit_tls else tls
    mailbox = Mailbox()

    def session():
        return SMTP(
            mailbox,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=authenticator_of(options.user, options.password),
            auth_required=True,
            # Over implicit TLS aiosmtpd does not know that the session is encrypted.
            auth_require_tls=starttls is not None,
            auth_exclude_mechanism=options.without,
            hostname="mail.ops.example",
        )

    implicit = tls if options.implicit_tls else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=implicit)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--implicit-tls", action="store_true")
    parser.add_argument("--user", default="tocsin")
    parser.add_argument("--password", default="")
    parser.add_argument("--without", action="append", default=[], help="an AUTH mechanism that is not offered")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
