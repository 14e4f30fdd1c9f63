package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"salesbot/crm"
)

// cookieName is the session's cookie.
const cookieName = "salesbot_session"

// Identity is who calls: a user in a browser, or a program with a token.
type Identity struct {
	// UserID is the user, or the one who made the token; 0 for a token that the command line made.
	UserID int64
	Role   crm.Role
	// TokenID is the token, if the caller came with one.
	TokenID int64
	// Session says that the caller came with a cookie.
	Session bool
}

// owner is whose idempotency keys the caller's are: a user's in the browser, or a token's own.
func (who Identity) owner() string {
	if who.Session {
		return "user " + strconv.FormatInt(who.UserID, 10)
	}
	return "token " + strconv.FormatInt(who.TokenID, 10)
}

// allow refuses a caller whose role is not enough.
func (who Identity) allow(role crm.Role) error {
	if who.Role.Covers(role) {
		return nil
	}
	return crm.Errorf(crm.Forbidden, "This needs the role %s; yours is %s", role, who.Role)
}

type caller struct {
	Identity
	base string
	url  *url.URL
}

type callerKey struct{}

func withCaller(ctx context.Context, c caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// actorOf is the caller as the events know it. A program without a user acts as the system (Kommo: created_by 0).
func actorOf(ctx context.Context) crm.Actor {
	if id := callerOf(ctx).UserID; id != 0 {
		return crm.Actor{Kind: crm.ByUser, ID: id}
	}
	return crm.Actor{Kind: crm.BySystem}
}

// authenticateAs finds out who calls and refuses a caller whose role is not enough now.
func (s *Server) authenticateAs(r *http.Request, role crm.Role) (Identity, error) {
	who, err := s.authenticate(r)
	if err == nil {
		err = who.allow(role)
	}
	return who, err
}

// authenticate finds out who calls, by the token or else by the session's cookie.
func (s *Server) authenticate(r *http.Request) (Identity, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") || secret == "" {
			return Identity{}, crm.Errorf(crm.Unauthorized, "The Authorization header must read: Bearer TOKEN")
		}
		token, err := s.Store.UseToken(r.Context(), strings.TrimSpace(secret))
		return Identity{UserID: token.CreatedBy, TokenID: token.ID, Role: token.Role}, err
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return Identity{}, crm.Errorf(crm.Unauthorized, "Sign in, or send a token in the Authorization header")
	}
	if err := s.fromOurPages(r); err != nil {
		return Identity{}, err
	}
	user, err := s.Store.SessionUser(r.Context(), cookie.Value)
	return Identity{UserID: user.ID, Role: user.Role, Session: true}, err
}

// fromOurPages refuses changes that a page of another site makes a browser send with our cookie. Browsers say where a
// changing request comes from; one with a cookie that does not say so is no browser of today, and programs have tokens.
func (s *Server) fromOurPages(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return crm.Errorf(crm.Forbidden, "A request with a cookie must carry an Origin header; programs use a token")
	}
	if s.origins.Check(r) != nil {
		return crm.Errorf(crm.Forbidden, "The request comes from a page of another site")
	}
	return nil
}

// baseURL is the address at which the caller sees the server.
func (s *Server) baseURL(r *http.Request) string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	if s.secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// secure says whether the caller's connection is encrypted.
func (s *Server) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(s.PublicURL, "https://") || (s.TrustProxy && r.Header.Get("X-Forwarded-Proto") == "https")
}
