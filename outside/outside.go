// Package outside makes the one HTTP client for addresses that users enter: webhooks, widgets, media links. It reaches
// public addresses only, unless the operator allows more.
package outside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Options limit the client; the zero value is safe.
type Options struct {
	// Allow are networks that may be reached although they are not public: 10.1.2.0/24, 127.0.0.1/32.
	Allow []netip.Prefix
	// Timeout limits a whole request with its redirects and its body; 0 is 30 seconds.
	Timeout time.Duration
	// MaxBody limits an answer in bytes; reading more is ErrTooLarge. 0 is 1 MiB.
	MaxBody int64
}

// The limits that a zero option means.
const (
	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 1 << 20
	maxRedirects   = 5
)

var (
	// ErrForbidden is an address that must not be called.
	ErrForbidden = errors.New("the address leads into a private network")
	// ErrTooLarge is an answer over the limit.
	ErrTooLarge = errors.New("the answer is too large")
)

// Client makes the client. It ignores proxies of the environment: through one the address that is called could not be
// checked.
func Client(o Options) *http.Client {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, ControlContext: o.control}
	transport := &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns: 100, MaxIdleConnsPerHost: 4, IdleConnTimeout: 60 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
	return &http.Client{Transport: limited{transport, o.MaxBody}, Timeout: o.Timeout, CheckRedirect: checkRedirect}
}

// control runs after the name was resolved and before the connection is made, for every connection: what a name
// resolves to at another time does not matter, and neither does which redirect led there.
func (o Options) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: %s is not TCP", ErrForbidden, network)
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrForbidden, address)
	}
	if !o.Allowed(target.Addr()) {
		return fmt.Errorf("%w (%s)", ErrForbidden, target.Addr())
	}
	return nil
}

// Allowed says whether an address may be called.
func (o Options) Allowed(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if slices.ContainsFunc(o.Allow, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return true
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// checkRedirect keeps a redirect from leaving HTTP, from leaving TLS, and from going on for ever.
func checkRedirect(request *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case request.URL.Scheme != "http" && request.URL.Scheme != "https":
		return fmt.Errorf("%w: redirect to %s", ErrForbidden, request.URL.Scheme)
	case request.URL.Scheme == "http" && via[len(via)-1].URL.Scheme == "https":
		return fmt.Errorf("%w: redirect from https to http", ErrForbidden)
	}
	return nil
}

// limited bounds what can be read of an answer.
type limited struct {
	next http.RoundTripper
	max  int64
}

func (l limited) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme != "http" && request.URL.Scheme != "https" {
		return nil, fmt.Errorf("%w: %s is not http or https", ErrForbidden, request.URL.Scheme)
	}
	response, err := l.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = &limitedBody{response.Body, l.max}
	return response, nil
}

type limitedBody struct {
	io.ReadCloser

	left int64
}

// Read reads one byte more than is allowed to know that there is one.
func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n + int(b.left), ErrTooLarge
	}
	return n, err
}

// CloseIdleConnections lets go of connections that nobody uses.
func (l limited) CloseIdleConnections() {
	if closer, ok := l.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
