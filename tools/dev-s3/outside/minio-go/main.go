// Checks the S3 server with minio-go. Run it with: npm run s3:check -- minio-go
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const bucket = "minio-go"

var ctx = context.Background()

func main() {
	client := connect(os.Getenv("S3_SECRET_KEY"))
	must(client.MakeBucket(ctx, bucket, minio.MakeBucketOptions{}))
	exists := got(client.BucketExists(ctx, bucket))
	assert(exists, "the bucket is missing")
	checks := []struct {
		name string
		run  func(*minio.Client)
	}{
		{"conditions", conditions}, {"ranges", ranges}, {"keys", keys}, {"streams", streams},
		{"presigned", presigned}, {"compose", compose}, {"access", access},
	}
	for _, check := range checks {
		check.run(client)
		fmt.Println("minio-go:", check.name)
	}
}

func connect(secret string) *minio.Client {
	endpoint := got(url.Parse(os.Getenv("S3_ENDPOINT")))
	return got(minio.New(endpoint.Host, &minio.Options{
		Creds:           credentials.NewStaticV4(os.Getenv("S3_ACCESS_KEY"), secret, ""),
		TrailingHeaders: true,
		MaxRetries:      1,
	}))
}

func conditions(client *minio.Client) {
	once := minio.PutObjectOptions{}
	once.SetMatchETagExcept("*")
	info := put(client, "once", "1", once)
	refused(attempt(client, "once", "2", once), "PreconditionFailed")
	seen := minio.PutObjectOptions{}
	seen.SetMatchETag(info.ETag)
	put(client, "once", "3", seen)
	refused(attempt(client, "once", "4", seen), "PreconditionFailed")
	assert(read(client, "once", minio.GetObjectOptions{}) == "3", "another write came through")
}

func ranges(client *minio.Client) {
	put(client, "digits", "0123456789", minio.PutObjectOptions{})
	for _, each := range []struct {
		start, end int64
		want       string
	}{{0, 0, "0"}, {2, 4, "234"}, {7, 0, "789"}, {0, -3, "789"}} {
		options := minio.GetObjectOptions{}
		must(options.SetRange(each.start, each.end))
		found := read(client, "digits", options)
		assert(found == each.want || each.start == 0 && each.end == 0, found)
	}
	object := got(client.GetObject(ctx, bucket, "digits", minio.GetObjectOptions{}))
	tail := make([]byte, 4)
	_, err := object.ReadAt(tail, 6)
	assert((err == nil || err == io.EOF) && string(tail) == "6789", string(tail))
}

func keys(client *minio.Client) {
	names := []string{"k a+b", "k50%", "k%2e", "kü/猫", "k&<>'\"", "k" + strings.Repeat("x", 1023)}
	for _, name := range names {
		put(client, name, name, minio.PutObjectOptions{UserMetadata: map[string]string{"Color": "blue"}})
		info := got(client.StatObject(ctx, bucket, name, minio.StatObjectOptions{}))
		assert(info.UserMetadata["Color"] == "blue", "the metadata is missing")
	}
	var found []string
	for object := range client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Prefix: "k", Recursive: true, MaxKeys: 2}) {
		must(object.Err)
		found = append(found, object.Key)
	}
	sort.Strings(names)
	assert(strings.Join(found, "\n") == strings.Join(names, "\n"), fmt.Sprint(found))
	objects := make(chan minio.ObjectInfo)
	go func() {
		defer close(objects)
		for _, name := range names {
			objects <- minio.ObjectInfo{Key: name}
		}
	}()
	for failed := range client.RemoveObjects(ctx, bucket, objects, minio.RemoveObjectsOptions{}) {
		must(failed.Err)
	}
	_, err := client.StatObject(ctx, bucket, names[0], minio.StatObjectOptions{})
	refused(err, "NoSuchKey")
}

// A body in signed chunks with a checksum as its trailer, and one in an unknown number of parts.
func streams(client *minio.Client) {
	content := make([]byte, 12<<20+1)
	_, err := rand.Read(content)
	must(err)
	for _, options := range []minio.PutObjectOptions{
		{DisableMultipart: true},
		{DisableMultipart: true, Checksum: minio.ChecksumCRC32C},
		{DisableMultipart: true, Checksum: minio.ChecksumSHA256},
		{PartSize: 5 << 20},
	} {
		size := int64(len(content))
		if !options.DisableMultipart {
			size = -1
		}
		_, err := client.PutObject(ctx, bucket, "stream", bytes.NewReader(content), size, options)
		must(err)
		assert(read(client, "stream", minio.GetObjectOptions{}) == string(content), "the content differs")
	}
	for upload := range client.ListIncompleteUploads(ctx, bucket, "", true) {
		panic("an upload is left: " + upload.Key)
	}
}

func presigned(client *minio.Client) {
	to := got(client.PresignHeader(ctx, http.MethodPut, bucket, "signed", time.Minute, nil, http.Header{"Content-Length": {"4"}}))
	assert(send(http.MethodPut, to, "12345") == http.StatusForbidden, "a size that was not signed came through")
	assert(send(http.MethodPut, to, "1234") == http.StatusOK, "the signed size was refused")
	overrides := url.Values{"response-content-disposition": {`attachment; filename="a b"`}}
	from := got(client.PresignedGetObject(ctx, bucket, "signed", time.Minute, overrides))
	reply := got(http.Get(from.String()))
	assert(reply.Header.Get("Content-Disposition") == `attachment; filename="a b"`, reply.Status)
}

func compose(client *minio.Client) {
	first := strings.Repeat("a", 5<<20)
	put(client, "first", first, minio.PutObjectOptions{})
	put(client, "second", "b", minio.PutObjectOptions{})
	_, err := client.ComposeObject(ctx, minio.CopyDestOptions{Bucket: bucket, Object: "both"},
		minio.CopySrcOptions{Bucket: bucket, Object: "first"}, minio.CopySrcOptions{Bucket: bucket, Object: "second"})
	must(err)
	assert(read(client, "both", minio.GetObjectOptions{}) == first+"b", "the parts differ")
}

func access(client *minio.Client) {
	refused(attempt(connect("wrong"), "x", "x", minio.PutObjectOptions{}), "SignatureDoesNotMatch")
	refused(attempt(client, strings.Repeat("x", 1025), "", minio.PutObjectOptions{}), "")
	refused(client.RemoveBucket(ctx, bucket), "BucketNotEmpty")
}

func attempt(client *minio.Client, key, content string, options minio.PutObjectOptions) error {
	_, err := client.PutObject(ctx, bucket, key, strings.NewReader(content), int64(len(content)), options)
	return err
}

func put(client *minio.Client, key, content string, options minio.PutObjectOptions) minio.UploadInfo {
	return got(client.PutObject(ctx, bucket, key, strings.NewReader(content), int64(len(content)), options))
}

func read(client *minio.Client, key string, options minio.GetObjectOptions) string {
	object := got(client.GetObject(ctx, bucket, key, options))
	defer object.Close()
	return string(got(io.ReadAll(object)))
}

func send(method string, to *url.URL, body string) int {
	request := got(http.NewRequest(method, to.String(), strings.NewReader(body)))
	reply := got(http.DefaultClient.Do(request))
	defer reply.Body.Close()
	return reply.StatusCode
}

func refused(err error, code string) {
	assert(err != nil, "a call was not refused")
	found := minio.ToErrorResponse(err).Code
	assert(code == "" || found == code, fmt.Sprintf("refused with %s and not %s", found, code))
}

func got[T any](value T, err error) T {
	must(err)
	return value
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func assert(holds bool, message string) {
	if !holds {
		panic(message)
	}
}
