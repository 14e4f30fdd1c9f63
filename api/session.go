package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/time/rate"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) sessionRoutes() {
	const tag = "Session"
	registerRaw[None, sessionAnswer](s, Operation{ID: "signIn", Method: http.MethodPost, Repeat: Harmless, Path: "/api/session", Tag: tag, Role: Public,
		Summary:     "Sign in",
		Description: "With {\"email\", \"password\"}, or with {\"token\"} of a login link, which works once. Sets the session's cookie."}, s.signIn)
	registerRaw[None, None](s, Operation{ID: "signOut", Method: http.MethodDelete, Path: "/api/session", Tag: tag, Role: Public,
		Summary: "Sign out"}, s.signOut)
}

type signInBody struct {
	Email    string `json:"email,omitempty"`
	Password string `json:"password,omitempty"`
	Token    string `json:"token,omitempty"`
}

type sessionAnswer struct {
	User userJSON `json:"user"`
}

// loginLimits bound how fast passwords can be tried: by one address, and on one account from wherever.
type loginLimits struct {
	byAddress, byAccount *middleware.RateLimiterMemoryStore
}

func newLoginLimits() loginLimits {
	const forgetAfter = time.Hour
	return loginLimits{
		byAddress: middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
			Rate: rate.Every(3 * time.Second), Burst: 20, ExpiresIn: forgetAfter}),
		byAccount: middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
			Rate: rate.Every(10 * time.Second), Burst: 10, ExpiresIn: forgetAfter}),
	}
}

func (l loginLimits) check(address, account string) error {
	if ok, err := l.byAddress.Allow(address); err != nil || !ok {
		return &tooMany{after: 3 * time.Second, text: "Too many attempts to sign in from this address; wait a moment"}
	}
	if account == "" {
		return nil
	}
	if ok, err := l.byAccount.Allow(crm.FoldEmail(account)); err != nil || !ok {
		return &tooMany{after: 10 * time.Second, text: "Too many attempts to sign in to this account; wait a moment"}
	}
	return nil
}

func (s *Server) signIn(c echo.Context, _ None) error {
	var body signInBody
	if err := decodeBody(c.Request(), &body); err != nil {
		return err
	}
	if err := s.logins.check(clientNetwork(c), body.Email); err != nil {
		return err
	}
	ctx := c.Request().Context()
	user, secret, err := s.logIn(ctx, body)
	if err != nil {
		return err
	}
	s.setCookie(c, secret, db.SessionLife)
	return answer(c, http.StatusOK, sessionAnswer{User: showUser(ctx, user)})
}

func (s *Server) logIn(ctx context.Context, body signInBody) (user crm.User, secret string, err error) {
	if body.Token == "" {
		if body.Email == "" {
			return user, "", crm.FieldError("email", "is missing")
		}
		if user, err = s.Store.CheckPassword(ctx, body.Email, body.Password); err != nil {
			return user, "", err
		}
	}
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		if body.Token != "" {
			if user, err = tx.UseLoginLink(ctx, body.Token); err != nil {
				return err
			}
		}
		secret, err = tx.NewSession(ctx, user.ID)
		return err
	})
	return user, secret, err
}

func (s *Server) signOut(c echo.Context, _ None) error {
	if cookie, err := c.Request().Cookie(cookieName); err == nil {
		if err := s.Store.EndSession(c.Request().Context(), cookie.Value); err != nil {
			return err
		}
	}
	s.setCookie(c, "", -time.Second)
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) setCookie(c echo.Context, value string, life time.Duration) {
	c.SetCookie(&http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: s.secure(c.Request())})
}
