//go:build !noembed

package embedded

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUI(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	o.UI = true
	o.CodecEndpoint = "http://localhost/codec"
	s, _ := start(t, o)
	product := httptest.NewServer(s.UIHandler())
	t.Cleanup(product.Close)

	page, index := get(t, product.URL+"/temporal/")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, index, `base: "/temporal"`)
	asset := regexp.MustCompile(`/temporal/_app/[^"]+\.js`).FindString(index)
	require.NotEmpty(t, asset, "the page loads its script from below the prefix")
	script, body := get(t, product.URL+asset)
	require.Equal(t, http.StatusOK, script.StatusCode)
	require.Contains(t, script.Header.Get("Content-Type"), "javascript")
	require.NotEmpty(t, body)

	deep, body := get(t, product.URL+"/temporal/namespaces/default/workflows")
	require.Equal(t, http.StatusOK, deep.StatusCode)
	require.Equal(t, index, body, "a page below the prefix can be opened by its address")

	_, body = get(t, product.URL+"/temporal/api/v1/namespaces/default")
	require.Contains(t, body, `"name": "default"`)
	_, body = get(t, product.URL+"/temporal/api/v1/settings")
	require.Contains(t, body, "http://localhost/codec")
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(body)
}

// The product's login stays with the product, and the UI's cookie stays with the UI.
func TestUIProxyKeepsSecrets(t *testing.T) {
	t.Parallel()
	var got *http.Request
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		http.SetCookie(w, &http.Cookie{Name: csrfCookie, Value: "new", Path: "/", MaxAge: 60})
	}))
	t.Cleanup(backend.Close)

	r := httptest.NewRequest(http.MethodPost, "http://crm.example/temporal/api/v1/x", nil)
	r.Header.Set("Authorization", "Bearer secret")
	r.Header.Set("X-CSRF-Token", "old")
	r.AddCookie(&http.Cookie{Name: "session", Value: "secret"})
	r.AddCookie(&http.Cookie{Name: csrfCookie, Value: "old"})
	w := httptest.NewRecorder()
	uiProxy(backend.Listener.Addr().String(), "/temporal", slog.New(slog.DiscardHandler)).ServeHTTP(w, r)

	require.Equal(t, "/temporal/api/v1/x", got.URL.Path)
	require.Equal(t, "crm.example", got.Host)
	require.Empty(t, got.Header.Get("Authorization"))
	require.Equal(t, "_csrf=old", got.Header.Get("Cookie"))
	require.Equal(t, "old", got.Header.Get("X-CSRF-Token"))
	require.Equal(t, "_csrf=new; Path=/temporal; Max-Age=60", w.Header().Get("Set-Cookie"))
}

func TestNoUI(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	(&Server{}).UIHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/temporal/", nil))
	require.Equal(t, http.StatusNotFound, w.Code)
}

func TestALeftPageOfTheUIIsNoError(t *testing.T) {
	t.Parallel()
	asked, end := make(chan struct{}), make(chan struct{})
	backend := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(asked); <-end }))
	t.Cleanup(backend.Close)
	t.Cleanup(func() { close(end) })
	var written bytes.Buffer
	proxy := uiProxy(backend.Listener.Addr().String(), "/temporal", slog.New(slog.NewTextHandler(&written, nil)))
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-asked; leave() }()
	w := httptest.NewRecorder()
	proxy.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/temporal/api/v1/x", nil))
	require.Equal(t, 499, w.Code)
	require.Empty(t, written.String())

	nobody := uiProxy("127.0.0.1:1", "/temporal", slog.New(slog.NewTextHandler(&written, nil)))
	w = httptest.NewRecorder()
	nobody.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/temporal/", nil))
	require.Equal(t, http.StatusBadGateway, w.Code)
	require.Contains(t, written.String(), "does not answer")
}
