"""Media types of carriers that Schemathesis does not know: they are sent as the text that they are."""

import schemathesis

for media_type in ("application/x-ndjson", "application/edifact", "application/EDIFACT"):
    schemathesis.serializer.alias(media_type, "text/plain")
