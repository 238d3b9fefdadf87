#!/bin/sh
# Forward geocoding with curl; the key goes in a header, where it stays out of logs and histories.
set -eu
curl --fail --silent --show-error --get \
  --header "Authorization: Bearer ${VOUCHSAFE_KEY:?set it to a secret key}" \
  --data-urlencode "q=${1:-Paris, Texas}" \
  --data limit=1 \
  "${VOUCHSAFE_URL:-https://localhost:8443}/geocode/v1/json"
