"""Parses a mail on stdin, as Python's library does, and prints it as JSON."""

import email.policy
import json
import sys

mail = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
parts = [part for part in mail.walk() if not part.is_multipart()]
json.dump(
    {
        "headers": [[name, str(value)] for name, value in mail.items()],
        "defects": [str(defect) for part in mail.walk() for defect in part.defects]
        + [str(defect) for value in mail.values() for defect in value.defects],
        "type": mail.get_content_type(),
        "parts": [[part.get_content_type(), part.get_content()] for part in parts],
        "to": [[it.display_name, it.addr_spec] for it in mail["to"].addresses],
        "date": mail["date"].datetime.isoformat(),
    },
    sys.stdout,
)
