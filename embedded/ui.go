//go:build !noembed

package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// csrfCookie is the one cookie that the UI's server and its page share.
const csrfCookie = "_csrf"

// ui is Temporal's web UI behind a reverse proxy. Its server has no login of its own and cannot be mounted in
// another one, so it listens on loopback and the product decides who gets through.
type ui struct {
	server  *server.Server
	proxy   http.Handler
	stopped chan struct{}
}

func startUI(ctx context.Context, temporalAddress string, o Options) (*ui, error) {
	// The UI's server ends the whole process when its port is taken, so it gets one that was just free.
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return nil, err
	}
	u := &ui{
		server:  newUIServer(uiConfig(temporalAddress, ports[0], o)),
		proxy:   uiProxy(loopback(ports[0]), o.UIPublicPath, o.Logger),
		stopped: make(chan struct{}),
	}
	go func() {
		defer close(u.stopped)
		if err := u.server.Start(); err != nil {
			o.Logger.Error("the Temporal UI ended", "error", err)
		}
	}()
	if err := u.awaitReady(ctx, loopback(ports[0])); err != nil {
		u.server.Stop()
		return nil, err
	}
	return u, nil
}

func uiConfig(temporalAddress string, port int, o Options) *uiconfig.Config {
	return &uiconfig.Config{
		TemporalGRPCAddress: temporalAddress,
		Host:                loopbackIP,
		Port:                port,
		PublicPath:          o.UIPublicPath,
		EnableUI:            true,
		DefaultNamespace:    o.Namespace,
		DisableNewsFetch:    true,
		HideLogs:            true,
		// The browser's own connection may be plain HTTP, as on a laptop.
		CORS:  uiconfig.CORS{CookieInsecure: true},
		Codec: uiconfig.Codec{Endpoint: o.CodecEndpoint, IncludeCredentials: o.CodecEndpoint != ""},
	}
}

// newUIServer keeps one line of the UI's server off the log: that it takes a policy out of its page below a path of its own.
// An operator can do nothing about it.
func newUIServer(c *uiconfig.Config) *server.Server {
	before := log.Writer()
	log.SetOutput(without{before, []byte("CSP IS DISABLED")})
	defer log.SetOutput(before)
	return server.NewServer(server_options.WithConfigProvider(c))
}

// without passes on all lines but those that hold the words.
type without struct {
	io.Writer
	words []byte
}

func (w without) Write(line []byte) (int, error) {
	if bytes.Contains(line, w.words) {
		return len(line), nil
	}
	return w.Writer.Write(line)
}

// uiProxy passes requests on to the UI's server and keeps the product's own login to itself. A browser that leaves a page
// breaks off what the page was asking for, which is no fault.
func uiProxy(address, publicPath string, logger *slog.Logger) http.Handler {
	target := &url.URL{Scheme: "http", Host: address}
	return &httputil.ReverseProxy{
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(r.Context().Err(), context.Canceled) {
				const clientClosedRequest = 499 // nginx's word for it; nobody reads the answer
				w.WriteHeader(clientClosedRequest)
				return
			}
			logger.Warn("the Temporal UI does not answer", "path", r.URL.Path, "error", err)
			http.Error(w, "the Temporal UI does not answer; try again", http.StatusBadGateway)
		},
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug), // answers that broke off in their middle
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.SetXForwarded()
			r.Out.Host = r.In.Host
			r.Out.Header.Del("Authorization")
			r.Out.Header.Del("Cookie")
			if c, err := r.In.Cookie(csrfCookie); err == nil {
				r.Out.AddCookie(c)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			confineCookies(r.Header, publicPath)
			return nil
		},
	}
}

// confineCookies limits cookies to the UI's path, as the product may well have a _csrf cookie of its own.
func confineCookies(h http.Header, publicPath string) {
	cookies := h.Values("Set-Cookie")
	h.Del("Set-Cookie")
	for _, c := range cookies {
		h.Add("Set-Cookie", strings.Replace(c, "Path=/;", "Path="+publicPath+";", 1))
	}
}

func (u *ui) awaitReady(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	dialer := net.Dialer{Timeout: time.Second}
	err := retry(ctx, func() error {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		return errors.Join(err, closeConn(conn))
	})
	if err != nil {
		return fmt.Errorf("the Temporal UI at %s does not answer: %w", address, err)
	}
	return nil
}

func closeConn(c net.Conn) error {
	if c == nil {
		return nil
	}
	return c.Close()
}

func (u *ui) stop() {
	u.server.Stop()
	<-u.stopped
}

// UIHandler shows Temporal's web UI. Mount it at Options.UIPublicPath and below, path unchanged, behind the
// product's login: who reaches it can read and end every workflow. Without Options.UI it answers 404.
func (s *Server) UIHandler() http.Handler {
	if s.ui == nil {
		return http.NotFoundHandler()
	}
	return s.ui.proxy
}
