"""Parses mails on stdin, a JSON list of them in base64, as Python's library does,
and prints them as JSON."""

import base64
import email.policy
import json
import sys


def parsed(content):
    mail = email.message_from_bytes(content, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    return {
        "headers": [[name, str(value)] for name, value in mail.items()],
        "defects": [str(defect) for part in mail.walk() for defect in part.defects]
        + [str(defect) for value in mail.values() for defect in value.defects],
        "type": mail.get_content_type(),
        "parts": [[part.get_content_type(), part.get_content()] for part in parts],
        "to": [[it.display_name, it.addr_spec] for it in mail["to"].addresses],
        "date": mail["date"].datetime.isoformat(),
    }


json.dump([parsed(base64.b64decode(it)) for it in json.load(sys.stdin)], sys.stdout)
