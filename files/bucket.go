package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucket is a Place in a bucket.
type bucket struct {
	client       *s3.Client
	name, prefix string
}

func openBucket(ctx context.Context, address *url.URL) (*bucket, error) {
	query := address.Query()
	for name := range query {
		if name != "region" && name != "endpoint" && name != "path_style" {
			return nil, fmt.Errorf("SALESBOT_FILES: %q is no option of s3://bucket; there are region, endpoint and path_style", name)
		}
	}
	pathStyle := false
	if text := query.Get("path_style"); text != "" {
		var err error
		if pathStyle, err = strconv.ParseBool(text); err != nil {
			return nil, fmt.Errorf("SALESBOT_FILES: path_style is true or false, not %q", text)
		}
	}
	if address.Host == "" {
		return nil, errors.New("SALESBOT_FILES: it must name a bucket: s3://bucket")
	}
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("SALESBOT_FILES: read the credentials of the bucket: %w", err)
	}
	client := s3.NewFromConfig(settings, func(o *s3.Options) {
		o.UsePathStyle = pathStyle
		if region := query.Get("region"); region != "" {
			o.Region = region
		}
		if endpoint := query.Get("endpoint"); endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
		// Servers that only resemble Amazon's know no checksums beside the signature's.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	return &bucket{client: client, name: address.Host, prefix: address.Path}, nil
}

func (b *bucket) key(name string) *string {
	key := path.Join(b.prefix, name)
	if key[0] == '/' {
		key = key[1:]
	}
	return &key
}

// Put needs the size and the hash for the request's signature, so the bytes wait in an unnamed temporary file: nothing
// of it is left when the process dies.
func (b *bucket) Put(ctx context.Context, name string, from io.Reader) error {
	spool, err := os.CreateTemp("", "salesbot-file-")
	if err != nil {
		return fmt.Errorf("begin a file: %w", err)
	}
	defer spool.Close()
	if err := os.Remove(spool.Name()); err != nil {
		return fmt.Errorf("begin a file: %w", err)
	}
	size, err := io.Copy(spool, readingUntil{ctx, from})
	if err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	_, err = b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: b.key(name), Body: spool, ContentLength: &size})
	if err != nil {
		return fmt.Errorf("keep the file in the bucket: %w", err)
	}
	return nil
}

func (b *bucket) Open(ctx context.Context, name string, size int64) (io.ReadSeekCloser, error) {
	object := &object{ctx: ctx, bucket: b, key: b.key(name), size: size}
	return object, object.connect()
}

func (b *bucket) Delete(ctx context.Context, name string) error {
	if _, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: b.key(name)}); err != nil {
		return fmt.Errorf("delete the file in the bucket: %w", err)
	}
	return nil
}

// Sweep has nothing to do: an object is there whole, or not at all.
func (b *bucket) Sweep(context.Context, time.Time) error { return nil }

// object reads from where it was told to: if the body that is open stands elsewhere, Read asks for the rest from there.
type object struct {
	ctx    context.Context
	bucket *bucket
	key    *string
	size   int64
	// at is the next byte to read; body stands at bodyAt.
	at, bodyAt int64
	body       io.ReadCloser
}

func (o *object) connect() error {
	_ = o.Close()
	input := &s3.GetObjectInput{Bucket: &o.bucket.name, Key: o.key}
	if o.at > 0 {
		input.Range = aws.String("bytes=" + strconv.FormatInt(o.at, 10) + "-")
	}
	got, err := o.bucket.client.GetObject(o.ctx, input)
	var gone *types.NoSuchKey
	if errors.As(err, &gone) {
		return &fs.PathError{Op: "open", Path: *o.key, Err: fs.ErrNotExist}
	}
	if err != nil {
		return fmt.Errorf("read the file from the bucket: %w", err)
	}
	o.body, o.bodyAt = got.Body, o.at
	return nil
}

func (o *object) Read(into []byte) (int, error) {
	if o.at >= o.size {
		return 0, io.EOF
	}
	if o.body == nil || o.bodyAt != o.at {
		if err := o.connect(); err != nil {
			return 0, err
		}
	}
	n, err := o.body.Read(into)
	o.at += int64(n)
	o.bodyAt = o.at
	if errors.Is(err, io.EOF) && o.at < o.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (o *object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.at
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the file's beginning")
	}
	o.at = offset
	return offset, nil
}

func (o *object) Close() error {
	body := o.body
	o.body = nil
	if body == nil {
		return nil
	}
	return body.Close()
}
