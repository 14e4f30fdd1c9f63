package api

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
)

// appPolicy is the web app's content security policy. Styles may stand in the page, because the component library makes
// them while it runs; scripts may not. Pictures and videos of messages may live anywhere.
const appPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data: blob:; " +
	"media-src 'self' https: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// apiPolicy is for answers that are no pages.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// docsPolicy lets the reference page run the script that stands in it.
const docsPolicy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

func securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		switch p := c.Request().URL.Path; {
		case strings.HasPrefix(p, "/temporal"), strings.HasPrefix(p, "/live"), strings.HasPrefix(p, "/demo"):
			// These pages say themselves what they may do and who may frame them.
		case strings.HasPrefix(p, "/api/docs"):
			header.Set("Content-Security-Policy", docsPolicy)
		case strings.HasPrefix(p, "/api"), strings.HasPrefix(p, "/hooks"):
			header.Set("Content-Security-Policy", apiPolicy)
		default:
			header.Set("Content-Security-Policy", appPolicy)
		}
		return next(c)
	}
}

// skipGzip leaves streams alone, which would be held back, and files, the API's reference and what the build has
// compressed, which are compressed already. The operator's pages, which are not made here, see to it themselves: what is
// compressed twice nobody can read.
func (s *Server) skipGzip(c echo.Context) bool {
	p := c.Request().URL.Path
	return s.compressed(c.Request(), strings.TrimPrefix(p, "/")) || strings.HasSuffix(p, "/stream") || strings.Contains(p, "/files/") || s.isOperators(p) || strings.HasPrefix(p, "/api/docs/")
}

func (s *Server) isOperators(path string) bool {
	for page := range s.Operator {
		if path == page || strings.HasPrefix(path, page+"/") {
			return true
		}
	}
	return false
}

// webApp serves the built web app where no route is; an address that names no file is a page of the app, which finds its
// own way. It is no route itself, because one for everything would turn "method not allowed" into "not found".
func (s *Server) webApp(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if !errors.Is(err, echo.ErrNotFound) {
			return err
		}
		p := c.Request().URL.Path
		if s.Web == nil || reserved(p) || (c.Request().Method != http.MethodGet && c.Request().Method != http.MethodHead) {
			return crm.Errorf(crm.NotFound, "Cannot %s %s", c.Request().Method, p)
		}
		name := strings.TrimPrefix(path.Clean(p), "/")
		if info, err := fs.Stat(s.Web, name); name == "" || err != nil || info.IsDir() {
			if strings.HasPrefix(name, "assets/") {
				return crm.Errorf(crm.NotFound, "Cannot GET %s", p)
			}
			name = "index.html"
		}
		return s.file(c, name)
	}
}

// reserved are the places where a wrong address is an error and not a page of the app.
func reserved(p string) bool {
	for _, prefix := range []string{"/api/", "/hooks/", "/live/", "/temporal/", "/metrics"} {
		if strings.HasPrefix(p, prefix) {
			return true
		}
	}
	return false
}

// file sends one file of the app. The build names assets by their content, so they may be kept for ever.
func (s *Server) file(c echo.Context, name string) error {
	cache := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		cache = "public, max-age=31536000, immutable"
	}
	if _, err := fs.Stat(s.Web, name); err != nil {
		return crm.Errorf(crm.NotFound, "The web app is not part of this build: run make build")
	}
	header := c.Response().Header()
	header.Set("Cache-Control", cache)
	if s.compressed(c.Request(), name) {
		header.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		header.Set("Content-Encoding", "br")
		header.Add("Vary", "Accept-Encoding")
		name += brotliSuffix
	}
	http.ServeFileFS(c.Response(), c.Request(), s.Web, name)
	return nil
}

// compressed says whether the build has written the file a second time, with Brotli, and the client can read that.
func (s *Server) compressed(r *http.Request, name string) bool {
	if s.Web == nil || !strings.HasPrefix(name, "assets/") || !acceptsBrotli(r.Header.Values("Accept-Encoding")) {
		return false
	}
	_, err := fs.Stat(s.Web, name+brotliSuffix)
	return err == nil
}

const brotliSuffix = ".br"

func acceptsBrotli(accepted []string) bool {
	for coding := range strings.SplitSeq(strings.Join(accepted, ","), ",") {
		name, quality, _ := strings.Cut(coding, ";")
		if strings.TrimSpace(name) == "br" {
			_, value, _ := strings.Cut(quality, "=")
			return strings.Trim(value, " 0.") != "" || strings.TrimSpace(value) == ""
		}
	}
	return false
}

// operatorPages puts what operators look at behind an administrator's login: Temporal's own web page and the codec by
// which it reads payloads, and the metrics. Requests of that page change workflows, so that they too have to come from
// our own pages.
func (s *Server) operatorPages() {
	for path, page := range s.Operator {
		s.operatorPage(path, page)
	}
}

func (s *Server) operatorPage(path string, page http.Handler) {
	serve := func(c echo.Context) error {
		r := c.Request()
		who, err := s.authenticate(r)
		if err != nil {
			if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
				return c.Redirect(http.StatusSeeOther, "/login?next="+r.URL.Path)
			}
			return err
		}
		if err := who.allow(crm.Administrator); err != nil {
			return err
		}
		page.ServeHTTP(c.Response(), r)
		return nil
	}
	s.echo.Any(path, serve)
	s.echo.Any(path+"/*", serve)
}
