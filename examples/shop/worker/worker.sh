#!/bin/sh
# Takes files from $SPOOL/new, some at a time, and puts them into $SPOOL/done. Several may work side by side: moving a
# file is how one of them takes it.
set -u
. "$SETTINGS"
mkdir -p "$SPOOL/new" "$SPOOL/taken" "$SPOOL/done" "$SPOOL/ready"

leave() {
  rm -f "$SPOOL/ready/$WORKER"
  echo "$WORKER stops"
  exit 0
}
trap leave TERM INT

[ "${LOG_LEVEL:-info}" != debug ] || echo "$WORKER works in $SPOOL and pays at $PAYMENTS"
echo "$WORKER works for $SHOP, $BATCH at a time"
: >"$SPOOL/ready/$WORKER"

while :; do
  count=0
  for file in "$SPOOL"/new/*; do
    [ -e "$file" ] || break
    [ "$count" -lt "$BATCH" ] || break
    name=${file##*/}
    mv "$file" "$SPOOL/taken/$name" 2>/dev/null || continue
    echo "$WORKER takes care of $name"
    mv "$SPOOL/taken/$name" "$SPOOL/done/$name"
    count=$((count + 1))
  done
  # A signal ends waiting at once, but would not end a sleep in front.
  sleep 1 &
  wait $!
done
