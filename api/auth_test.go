package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// signIn returns the session's cookie.
func (w *world) signIn(body string) *http.Cookie {
	w.t.Helper()
	r := w.send("POST", "/api/session", body, nil)
	r.want(200)
	require.Len(w.t, r.Cookies(), 2)
	require.Equal(w.t, "salesbot_session", r.Cookies()[0].Name)
	return r.Cookies()[0]
}

const adasLogin = `{"email":"Ada@Example.com","password":"correct horse"}`

func TestTokens(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		bearer := func(token string) map[string]string { return map[string]string{"Authorization": "Bearer " + token} }
		w.send("GET", "/api/v4/account", "", nil).refused(401, "unauthorized", "")
		w.send("GET", "/api/v4/account", "", bearer("sb_wrong")).refused(401, "unauthorized", "")
		w.send("GET", "/api/v4/account", "", map[string]string{"Authorization": w.admin}).refused(401, "unauthorized", "")
		w.send("GET", "/api/v4/account", "", bearer(w.manager)).want(200)
		w.send("GET", "/api/v4/tokens", "", bearer(w.manager)).refused(403, "forbidden", "")

		made := w.call("POST", "/api/v4/tokens", `{"name":"crm sync","role":"manager"}`).want(201)
		secret, _ := made["token"].(string)
		require.True(w.t, strings.HasPrefix(secret, "sb_"))
		w.send("GET", "/api/v4/account", "", bearer(secret)).want(200)
		list := w.call("GET", "/api/v4/tokens", "")
		require.NotContains(w.t, string(list.body), secret)
		require.NotNil(w.t, at(list.want(200), "_embedded", "tokens", 2, "last_used_at"))

		w.call("DELETE", "/api/v4/tokens/3", "").want(204)
		w.send("GET", "/api/v4/account", "", bearer(secret)).refused(401, "unauthorized", "")
		w.call("DELETE", "/api/v4/tokens/3", "").refused(404, "not_found", "")
	})
}

func TestAnExpiredTokenIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	store, err := db.Open(t.Context(), db.Options{URL: dbtest.SQLiteURL(t), Now: func() time.Time { return now }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	var secret string
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		hour := now.Add(time.Hour)
		_, secret, err = tx.AddToken(ctx, crm.Actor{}, "short", crm.Manager, &hour)
		return err
	}))
	_, err = store.UseToken(t.Context(), secret)
	require.NoError(t, err)
	now = now.Add(time.Hour)
	_, err = store.UseToken(t.Context(), secret)
	require.Equal(t, crm.Unauthorized, crm.CodeOf(err))
	require.ErrorContains(t, err, "expired")
}

func TestSessions(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.send("POST", "/api/session", `{"email":"ada@example.com","password":"wrong"}`, nil).refused(401, "unauthorized", "")
		w.send("POST", "/api/session", `{"email":"nobody@example.com","password":"correct horse"}`, nil).refused(401, "unauthorized", "")
		w.send("POST", "/api/session", `{}`, nil).refused(400, "invalid", "email")
		cookie := w.signIn(adasLogin)
		require.True(w.t, cookie.HttpOnly)
		require.Equal(w.t, http.SameSiteLaxMode, cookie.SameSite)
		require.False(w.t, cookie.Secure, "this server speaks http")

		with := func(more ...string) map[string]string {
			header := map[string]string{"Cookie": cookie.Name + "=" + cookie.Value}
			for i := 0; i < len(more); i += 2 {
				header[more[i]] = more[i+1]
			}
			return header
		}
		account := w.send("GET", "/api/v4/account", "", with()).want(200)
		require.EqualValues(w.t, w.adminID, account["current_user_id"])
		w.send("PATCH", "/api/v4/account", `{"name":"X"}`, with()).refused(403, "forbidden", "")
		w.send("PATCH", "/api/v4/account", `{"name":"X"}`, with("Sec-Fetch-Site", "cross-site")).refused(403, "forbidden", "")
		w.send("PATCH", "/api/v4/account", `{"name":"X"}`, with("Origin", "https://evil.example")).refused(403, "forbidden", "")
		w.send("PATCH", "/api/v4/account", `{"name":"X"}`, with("Origin", w.server.URL)).want(200)
		w.send("POST", "/api/session", adasLogin, map[string]string{"Sec-Fetch-Site": "cross-site"}).refused(403, "forbidden", "")

		w.send("DELETE", "/api/session", "", with("Sec-Fetch-Site", "same-origin")).want(204)
		w.send("GET", "/api/v4/account", "", with()).refused(401, "unauthorized", "")
	})
}

func TestANewPasswordEndsTheSessions(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		cookie := w.signIn(adasLogin)
		w.call("PATCH", "/api/v4/users/1", `{"password":"battery staple"}`).want(200)
		w.send("GET", "/api/v4/account", "", map[string]string{"Cookie": cookie.String()}).refused(401, "unauthorized", "")
		w.send("POST", "/api/session", adasLogin, nil).refused(401, "unauthorized", "")
		w.signIn(`{"email":"ada@example.com","password":"battery staple"}`)
	})
}

func TestALoginLinkWorksOnce(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		link, _ := w.call("POST", "/api/v4/users/1/login_link", "").want(200)["url"].(string)
		token, ok := strings.CutPrefix(link, w.server.URL+api.LoginPath(""))
		require.True(w.t, ok, link)
		w.signIn(`{"token":"` + token + `"}`)
		w.send("POST", "/api/session", `{"token":"`+token+`"}`, nil).refused(401, "unauthorized", "")
		w.send("POST", "/api/session", `{"token":"made up"}`, nil).refused(401, "unauthorized", "")
	})
}

func TestPasswordsCantBeTriedFast(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Logins: unforgiving})
	refused := w.guess(11, "ada@example.com", func(int) map[string]string { return nil })
	require.Len(t, refused, 1)
	refused[0].refused(429, "too_many", "")
	requireRetryAfter(t, refused[0])
}

func TestCookiesAreSecureBehindHTTPS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{PublicURL: "https://crm.example.com"})
	require.True(t, w.signIn(adasLogin).Secure)
}
