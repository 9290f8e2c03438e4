"""A mail server for tests: SMTP by aiosmtpd, on a free port of 127.0.0.1.

Prints "listening on PORT", then for each mail that it takes a line "mail N JSON": envelope, headers
and parts as Python's email package reads them. What it answers follows from the recipient:
"rcpt-550@..." is refused with 550 at RCPT, "data-451@..." with 451 when the mail is there, and
"slow@..." is never answered; a mail to "cut@..." is taken, but the connection breaks before it is said.
With --greeting it is a server that only says this to everybody, then closes the connection.
"""

import argparse
import asyncio
import base64
import email
import email.policy
import json
import re
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def part_as_json(part):
    content = part.get_payload(decode=True)
    return {
        "type": part.get_content_type(),
        "parameters": {key: value for key, value in (part["Content-Type"].params or {}).items()},
        "disposition": part.get_content_disposition(),
        "filename": part.get_filename(),
        "content_id": part["Content-ID"],
        "base64": base64.b64encode(content).decode(),
    }


def tree_of(part):
    """ "mixed(related(alternative(text/plain,text/html)))" """
    if not part.is_multipart():
        return part.get_content_type()
    inner = ",".join(tree_of(child) for child in part.iter_parts())
    return part.get_content_subtype() + "(" + inner + ")"


def mail_as_json(envelope, session, is_tls):
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "tls": is_tls or session.ssl is not None,
        "login": session.auth_data.login.decode() if session.auth_data else None,
        "headers": [[name, str(value)] for name, value in message.items()],
        "from_name": message["From"].addresses[0].display_name,
        "head": envelope.content.split(b"\r\n\r\n")[0].decode("ascii"),
        "longest_line": max(len(line) for line in envelope.content.split(b"\r\n")),
        "defects": [str(defect) for part in message.walk() for defect in part.defects],
        "tree": tree_of(message),
        "parts": [part_as_json(part) for part in message.walk() if not part.is_multipart()],
    }


class Handler:
    def __init__(self, is_tls):
        self.count = 0
        self.is_tls = is_tls

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = re.match(r"rcpt-(\d+)@", address)
        if refusal:
            return refusal.group(1) + " 5.1.1 nobody \"here\" has that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        refusal = re.match(r"data-(\d+)@", address)
        if refusal:
            return refusal.group(1) + " 5.7.1 not this one"
        if address.startswith("slow@"):
            await asyncio.sleep(3600)
        self.count += 1
        print("mail", self.count, json.dumps(mail_as_json(envelope, session, self.is_tls)), flush=True)
        if address.startswith("cut@"):
            server.transport.abort()
        return "250 2.0.0 taken as " + str(self.count)


def authenticator(user, password):
    def check(server, session, envelope, mechanism, data):
        is_right = isinstance(data, LoginPassword) and data.login.decode() == user and (
            data.password.decode() == password)
        return AuthResult(success=is_right, handled=is_right, auth_data=data)

    return check


def greeter(words):
    async def greet(reader, writer):
        if words:
            writer.write(words.encode() + b"\r\n")
            await writer.drain()
        writer.close()

    return greet


async def serve_greeting(words):
    server = await asyncio.start_server(greeter(words), host="127.0.0.1", port=0)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def serve(options):
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    handler = Handler(options.implicit_tls)
    keywords = {}
    if options.user:
        keywords.update(
            authenticator=authenticator(options.user, options.password),
            auth_required=True,
            auth_require_tls=not options.implicit_tls)
    starttls = context if not options.implicit_tls else None

    def session():
        return SMTP(handler, hostname="mail.test", tls_context=starttls, **keywords)

    server = await asyncio.get_running_loop().create_server(
        session, host="127.0.0.1", port=0, ssl=context if options.implicit_tls else None)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--implicit-tls", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--greeting")
    options = parser.parse_args()
    asyncio.run(serve(options) if options.greeting is None else serve_greeting(options.greeting))


if __name__ == "__main__":
    sys.exit(main())
