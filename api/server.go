// Package api is the product's HTTP surface: /api/v4 in Kommo's shapes, logins, the live stream and the web app. One
// file a resource; server.go puts them together, operation.go ties a route to its role, its types and its description.
package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"salesbot/channels"
	"salesbot/db"
)

// MaxBody is the largest request body in bytes, apart from files.
const MaxBody = 2 << 20

// Deps are what the server needs from the rest of the program.
type Deps struct {
	Store *db.Store
	// Log gets one line a request; nil is slog.Default().
	Log *slog.Logger
	// Web is the built web app and Widget the built live chat; nil serves none.
	Web, Widget fs.FS
	// Operator are pages for administrators by path: Temporal's UI, its codec, the metrics.
	Operator map[string]http.Handler
	// Channels are the channel kinds by name.
	Channels map[string]channels.Channel
	// Live bounds what the live chat's visitors can do; zero values are the defaults.
	Live LiveLimits
	// Logins bound how fast passwords can be tried; zero values are the defaults.
	Logins LoginLimits
	// Patience is how long slow clients are waited for; zero values are the defaults.
	Patience Patience
	// Ready says whether what stands behind the API works, beside the database; nil is yes.
	Ready func(ctx context.Context) error
	// HasWorker says whether a worker polls a Temporal task queue for activities; nil can't say.
	HasWorker func(ctx context.Context, taskQueue string) (bool, error)
	// PublicURL is the address at which people reach the server, such as https://crm.example.com; empty takes the request's.
	PublicURL string
	// TrustProxy says that a reverse proxy sets X-Forwarded-For and X-Forwarded-Proto.
	TrustProxy bool
	// Version is shown in the API's description.
	Version string
}

// Server answers HTTP requests.
type Server struct {
	Deps
	echo       *echo.Echo
	operations []documented
	largeBody  map[string]bool
	origins    *http.CrossOriginProtection
	logins     loginLimits
	tail       *db.Tail
	closing    chan struct{}
	close      sync.Once
}

// New makes a server with all routes. It starts nothing but what Close ends.
func New(d Deps) *Server {
	s := newServer(d)
	s.routes()
	return s
}

// NewOperator makes a server with nothing but health and the operator's pages, for a worker that serves no API.
func NewOperator(d Deps) *Server {
	s := newServer(d)
	s.operatorRoutes()
	return s
}

func newServer(d Deps) *Server {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	s := &Server{Deps: d, echo: echo.New(), largeBody: map[string]bool{}, origins: http.NewCrossOriginProtection(),
		logins: newLoginLimits(d.Logins), closing: make(chan struct{}), tail: d.Store.NewTail()}
	if d.PublicURL != "" {
		if err := s.origins.AddTrustedOrigin(d.PublicURL); err != nil {
			d.Log.Warn("the public URL is no origin", "url", d.PublicURL, "error", err)
		}
	}
	s.echo.IPExtractor = echo.ExtractIPDirect()
	if d.TrustProxy {
		s.echo.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	s.echo.HTTPErrorHandler = s.answerError
	s.use()
	return s
}

// Handler is the server's handler. It ends requests whose client stalls.
func (s *Server) Handler() http.Handler { return s.Patience.guard(s.echo) }

// Close ends the live streams, so that a graceful stop of the HTTP server does not wait for them.
func (s *Server) Close() {
	s.close.Do(func() { close(s.closing) })
}

func (s *Server) use() {
	s.echo.Use(
		middleware.RequestIDWithConfig(middleware.RequestIDConfig{TargetHeader: echo.HeaderXRequestID}),
		s.logRequests(),
		middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: s.logPanic}),
		securityHeaders,
		middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: "2M", Skipper: func(c echo.Context) bool {
			return s.largeBody[c.Path()]
		}}),
		middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024, Skipper: s.skipGzip}),
		s.webApp,
	)
}

// slowRequest is from when on an operator is told of a request that went well.
const slowRequest = time.Second

// logRequests writes one line a request: what went wrong on our side is an error, or a warning if trying again helps; what
// took long is news; all else is detail. The query is left out: login links and signed file addresses carry secrets there.
func (s *Server) logRequests() echo.MiddlewareFunc {
	return middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		LogMethod: true, LogURIPath: true, LogStatus: true, LogLatency: true, LogRequestID: true, LogRemoteIP: true,
		HandleError: true, LogError: true, LogResponseSize: true,
		LogValuesFunc: func(c echo.Context, v middleware.RequestLoggerValues) error {
			attrs := []slog.Attr{slog.String("method", v.Method), slog.String("path", v.URIPath), slog.Int("status", v.Status),
				slog.Duration("took", v.Latency), slog.Int64("bytes", v.ResponseSize), slog.String("ip", v.RemoteIP),
				slog.String("request_id", v.RequestID)}
			if v.Error != nil {
				attrs = append(attrs, slog.String("code", string(problemOf(v.Error).Code)), slog.Any("error", v.Error))
			}
			s.Log.LogAttrs(c.Request().Context(), requestLevel(v.Status, v.Latency, c.Response().Header()), "request", attrs...)
			return nil
		},
	})
}

func requestLevel(status int, took time.Duration, answer http.Header) slog.Level {
	streamed := answer.Get(echo.HeaderContentType) == "text/event-stream" // it is open as long as its reader likes
	switch {
	case status == http.StatusServiceUnavailable:
		return slog.LevelWarn
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case took > slowRequest && !streamed:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

func (s *Server) logPanic(c echo.Context, err error, stack []byte) error {
	s.Log.Error("panic in a request", "path", c.Request().URL.Path, "error", err, "stack", string(stack))
	return err
}

// health answers as long as the process lives; ready, as long as it can do its work.
func (s *Server) health(c echo.Context) error { return c.String(http.StatusOK, "ok") }

func (s *Server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 5*time.Second)
	defer cancel()
	err := s.Store.Ping(ctx)
	if err == nil && s.Ready != nil {
		err = s.Ready(ctx)
	}
	if err != nil {
		s.Log.Warn("not ready", "error", err)
		c.Response().Header().Set("Retry-After", strconv.Itoa(outageRetry))
		return c.String(http.StatusServiceUnavailable, "not ready")
	}
	return c.String(http.StatusOK, "ready")
}
