#!/usr/bin/env bash
# Guess: moto, which honours If-None-Match: * for put_object and complete_multipart_upload, honours it for
# copy_object, too.
# Seen: moto 5.2.5 with boto3 1.44.8: put_object answers 412 PreconditionFailed for a key that is there;
# copy_object with IfNoneMatch='*' overwrites it and answers with success.
# Why it matters: a test of 'archive it once, never overwrite' that copies objects cannot be trusted on the
# fake: it passes whatever the code does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "moto[s3]==5.2.5" boto3==1.44.8
venv/bin/python - <<'PY'
import os
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

with mock_aws():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="memories")
    s3.put_object(Bucket="memories", Key="archive", Body=b"first")
    s3.put_object(Bucket="memories", Key="new", Body=b"second")
    try:
        s3.put_object(Bucket="memories", Key="archive", Body=b"second", IfNoneMatch="*")
        raise SystemExit("put_object overwrote it")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "PreconditionFailed", error
    s3.copy_object(Bucket="memories", Key="archive", CopySource="memories/new", IfNoneMatch="*")
    body = s3.get_object(Bucket="memories", Key="archive")["Body"].read()
assert body == b"second", body
print(f"seen: put_object is refused, copy_object overwrites: {body}")
PY
