package outside

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func TestAllowed(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"93.184.215.14": true, "8.8.8.8": true, "172.15.0.1": true, "172.32.0.1": true, "100.63.0.1": true, "2606:4700::1111": true,
		"127.0.0.1": false, "127.8.8.8": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.100.100.200": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": true, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:1::1": false,
	} {
		require.Equal(t, want, Options{}.Allowed(netip.MustParseAddr(addr)), addr)
	}
	some := Options{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24")}}
	require.True(t, some.Allowed(netip.MustParseAddr("10.1.2.3")))
	require.True(t, some.Allowed(netip.MustParseAddr("::ffff:10.1.2.3")))
	require.False(t, some.Allowed(netip.MustParseAddr("10.1.3.3")))
}

func TestClientRefusesPrivateTargets(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	for _, url := range []string{
		server.URL, "http://localhost" + port, "http://[::1]" + port, "http://0x7f000001" + port, "http://127.1" + port, "http://2130706433" + port, "http://0.0.0.0" + port,
	} {
		_, err := get(t, Client(Options{}), url)
		require.Error(t, err, url)
	}
	for _, url := range []string{server.URL, "http://localhost" + port} {
		_, err := get(t, Client(Options{}), url)
		require.ErrorIs(t, err, ErrForbidden, url)
	}
	_, err := get(t, Client(Options{}), "file:///etc/passwd")
	require.ErrorIs(t, err, ErrForbidden)
}

func TestClientChecksEveryRedirect(t *testing.T) {
	t.Parallel()
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inner":
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		case "/scheme":
			http.Redirect(w, r, "gopher://example.com", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		}
	}))
	t.Cleanup(outer.Close)
	o := Options{Allow: loopback}
	_, err := get(t, Client(o), outer.URL+"/inner")
	require.ErrorIs(t, err, ErrForbidden)
	_, err = get(t, Client(o), outer.URL+"/scheme")
	require.ErrorIs(t, err, ErrForbidden)
	_, err = get(t, Client(o), outer.URL+"/loop")
	require.ErrorContains(t, err, "redirects")
}

func TestCheckRedirectKeepsTLS(t *testing.T) {
	t.Parallel()
	from := httptest.NewRequest(http.MethodGet, "https://a.example", nil)
	require.ErrorIs(t, checkRedirect(httptest.NewRequest(http.MethodGet, "http://a.example", nil), []*http.Request{from}), ErrForbidden)
	require.NoError(t, checkRedirect(httptest.NewRequest(http.MethodGet, "https://b.example", nil), []*http.Request{from}))
}

func TestClientLimits(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
			return
		}
		_, _ = io.WriteString(w, strings.Repeat("x", 10))
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	body, err := get(t, Client(Options{Allow: loopback, MaxBody: 10}), server.URL)
	require.NoError(t, err)
	require.Len(t, body, 10)
	body, err = get(t, Client(Options{Allow: loopback, MaxBody: 9}), server.URL)
	require.ErrorIs(t, err, ErrTooLarge)
	require.Len(t, body, 9)
	_, err = get(t, Client(Options{Allow: loopback, Timeout: 50 * time.Millisecond}), server.URL+"/slow")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func get(t *testing.T, client *http.Client, url string) (string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}
