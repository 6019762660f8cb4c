"""Checks the S3 server with boto3 and its default settings. Run it with: npm run s3:check -- boto3"""

import io
import os
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "boto3"
MIB = 1024**2


def client(secret=os.environ["S3_SECRET_KEY"]):
    return boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT"],
        region_name="us-east-1",
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=secret,
        config=Config(
            s3={"addressing_style": "path"}, signature_version="s3v4", retries={"max_attempts": 1}
        ),
    )


s3 = client()


def refused(status, code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        found = (error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"])
        assert found == (status, code), found
    else:
        raise AssertionError(f"{call.__name__} {arguments} was not refused")


def read(key, **arguments):
    return s3.get_object(Bucket=BUCKET, Key=key, **arguments)["Body"].read()


def http(url, method="GET", body=None, headers=None):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def check_conditions():
    s3.put_object(Bucket=BUCKET, Key="once", Body=b"1", IfNoneMatch="*")
    refused(412, "PreconditionFailed", s3.put_object, Bucket=BUCKET, Key="once", Body=b"2", IfNoneMatch="*")
    tag = s3.head_object(Bucket=BUCKET, Key="once")["ETag"]
    s3.put_object(Bucket=BUCKET, Key="once", Body=b"3", IfMatch=tag)
    refused(412, "PreconditionFailed", s3.put_object, Bucket=BUCKET, Key="once", Body=b"4", IfMatch=tag)
    refused(404, "NoSuchKey", s3.put_object, Bucket=BUCKET, Key="none", Body=b"4", IfMatch=tag)
    refused(304, "304", s3.get_object, Bucket=BUCKET, Key="once", IfNoneMatch=s3.head_object(Bucket=BUCKET, Key="once")["ETag"])
    assert read("once") == b"3"


def check_ranges():
    s3.put_object(Bucket=BUCKET, Key="digits", Body=b"0123456789")
    for wanted, found in [("0-0", b"0"), ("2-4", b"234"), ("7-", b"789"), ("-3", b"789"), ("0-1,3-4", b"0123456789")]:
        assert read("digits", Range=f"bytes={wanted}") == found, wanted
    refused(416, "InvalidRange", s3.get_object, Bucket=BUCKET, Key="digits", Range="bytes=10-")


def check_keys():
    keys = ["a b+c", "//x//", "../up", "50%", "%2e%2e", "ünï/猫", "&<>'\"", "new\nline", "x" * 1024]
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=f"k{key}"[:1024], Body=key.encode(), Metadata={"a": "b"})
    found = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="k")["Contents"]]
    assert found == sorted((f"k{key}"[:1024] for key in keys), key=str.encode), found
    refused(400, "KeyTooLongError", s3.put_object, Bucket=BUCKET, Key="x" * 1025, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="k", PaginationConfig={"PageSize": 2})
    assert sum(page["KeyCount"] for page in pages) == len(keys)
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in found]})["Deleted"]
    assert sorted(each["Key"] for each in deleted) == sorted(found)


def check_presigned():
    put = s3.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": "signed", "ContentLength": 4})
    status, body = http(put, "PUT", b"12345")
    assert status == 403 and b"SignatureDoesNotMatch" in body, (status, body)
    assert http(put, "PUT", b"1234")[0] == 200
    get = s3.generate_presigned_url(
        "get_object", {"Bucket": BUCKET, "Key": "signed", "ResponseContentType": "text/x-own"}, ExpiresIn=60
    )
    assert http(get, headers={"Range": "bytes=-1"}) == (206, b"4")
    assert http(get + "0")[0] == 403


def check_multipart():
    content = os.urandom(17 * MIB + 1)
    parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_fileobj(io.BytesIO(content), BUCKET, "large", ExtraArgs={"ContentType": "text/x-own"}, Config=parts)
    head = s3.head_object(Bucket=BUCKET, Key="large")
    assert head["ContentType"] == "text/x-own" and head["ETag"].endswith('-4"'), head
    target = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", target, Config=parts)
    assert target.getvalue() == content
    s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "copy", Config=parts)
    assert read("copy") == content

    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="small")["UploadId"]
    at = {"Bucket": BUCKET, "Key": "small", "UploadId": upload}
    sent = [
        {"PartNumber": number, "ETag": s3.upload_part(**at, PartNumber=number, Body=b"x")["ETag"]} for number in (1, 2)
    ]
    refused(400, "EntityTooSmall", s3.complete_multipart_upload, **at, MultipartUpload={"Parts": sent})
    assert len(s3.list_parts(**at)["Parts"]) == 2
    s3.abort_multipart_upload(**at)
    refused(404, "NoSuchUpload", s3.list_parts, **at)


def check_access():
    refused(403, "SignatureDoesNotMatch", client("wrong").put_object, Bucket=BUCKET, Key="x", Body=b"x" * MIB)
    refused(404, "NoSuchBucket", s3.list_objects_v2, Bucket="no-such-bucket")
    refused(404, "NoSuchKey", s3.get_object, Bucket=BUCKET, Key="no-such-key")
    refused(409, "BucketNotEmpty", s3.delete_bucket, Bucket=BUCKET)


s3.create_bucket(Bucket=BUCKET)
assert BUCKET in [each["Name"] for each in s3.list_buckets()["Buckets"]]
for name, check in list(globals().items()):
    if name.startswith("check_"):
        check()
        print(f"boto3: {name.removeprefix('check_')}")
