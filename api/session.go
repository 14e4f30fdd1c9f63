package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) sessionRoutes() {
	const tag = "Session"
	registerRaw[None, sessionAnswer](s, Operation{ID: "signIn", Method: http.MethodPost, Repeat: Harmless, Path: "/api/session", Tag: tag, Role: Public, Limited: true,
		Summary:     "Sign in",
		Description: "With {\"email\", \"password\"}, or with {\"token\"} of a login link, which works once. Sets the session's cookie, and another one that lets this device try passwords while strangers' tries at the account are refused."}, s.signIn)
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

// LoginLimits bound how fast passwords can be tried: by strangers from one address and on one account from wherever, and
// by each device on which the account's user has signed in before. Zero values are the defaults.
type LoginLimits struct{ Address, Account, Device Rate }

// loginLimits hold the buckets.
type loginLimits struct{ address, account, device *keyedLimiter }

func newLoginLimits(l LoginLimits) loginLimits {
	const fromHere, toHere = "Too many attempts to sign in from this address; wait a moment", "Too many attempts to sign in to this account; wait a moment"
	return loginLimits{
		address: newKeyedLimiter(l.Address, Rate{1. / 3, 20}).saying(fromHere),
		account: newKeyedLimiter(l.Account, Rate{0.1, 10}).saying(toHere),
		device:  newKeyedLimiter(l.Device, Rate{0.1, 10}).saying(toHere),
	}
}

// check counts one try. known is the bucket of a device that is known for the account: it alone counts then, so that
// neither guesses at the account nor those of a neighbour at the same address lock the device out.
func (l loginLimits) check(address, account, known string) error {
	if known != "" {
		return l.device.check(known)
	}
	if err := l.address.check(address); err != nil || account == "" {
		return err
	}
	return l.account.check(crm.FoldEmail(account))
}

func (s *Server) signIn(c echo.Context, _ None) error {
	var body signInBody
	if err := decodeBody(c.Request(), &body); err != nil {
		return err
	}
	ctx, from := c.Request().Context(), s.deviceOf(c.Request())
	known, err := s.knownFor(ctx, from, body.Email)
	if err != nil {
		return err
	}
	if err := s.logins.check(clientNetwork(c), body.Email, known); err != nil {
		return err
	}
	user, secret, err := s.logIn(ctx, body)
	if err != nil {
		return err
	}
	s.setCookie(c, secret, db.SessionLife)
	if err := s.rememberDevice(c, from, user.ID); err != nil {
		return err
	}
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
