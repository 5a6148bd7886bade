#!/bin/sh
# Stands for a real API: says what it was told, and stays.
echo "$NAME runs $RELEASE at $LOG_LEVEL on port $PORT"
exec sleep 86400
