#!/bin/sh
# Makes up the passwords that docker-compose.yml asks for, in the file .env beside it. Those that are there
# stay as they are.
set -eu
umask 077
cd "$(dirname "$0")/.."
touch .env
for name in POSTGRES_PASSWORD MINIO_ROOT_PASSWORD; do
  if grep -q "^$name=." .env; then continue; fi
  # A file whose last line has no end must not swallow the first password.
  if [ -n "$(tail -c 1 .env)" ]; then echo >> .env; fi
  echo "$name=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" >> .env
done
chmod 600 .env
