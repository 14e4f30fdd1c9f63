package api_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

const deviceCookie = "salesbot_device"

// device signs in and returns the cookie that makes the device known.
func (w *world) device(body string, header map[string]string) *http.Cookie {
	w.t.Helper()
	r := w.send("POST", "/api/session", body, header)
	r.want(200)
	for _, cookie := range r.Cookies() {
		if cookie.Name == deviceCookie {
			return cookie
		}
	}
	w.t.Fatal("signing in gave no device cookie")
	return nil
}

// guess tries a wrong password so often, all at once, since checking one is slow on purpose, and returns the refusals.
func (w *world) guess(tries int, email string, header func(i int) map[string]string) (refused []reply) {
	w.t.Helper()
	answers := make([]reply, tries)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			answers[i] = w.send("POST", "/api/session", `{"email":"`+email+`","password":"guess guess"}`, header(i))
		})
	}
	group.Wait()
	for _, answer := range answers {
		if answer.StatusCode == http.StatusTooManyRequests {
			refused = append(refused, answer)
		} else {
			answer.refused(401, "unauthorized", "")
		}
	}
	return refused
}

// unforgiving are the default limits without any try that comes back while a test runs.
var unforgiving = api.LoginLimits{Address: api.Rate{PerSecond: 1e-4, Burst: 20}, Account: api.Rate{PerSecond: 1e-4, Burst: 10}, Device: api.Rate{PerSecond: 1e-4, Burst: 10}}

func from(address string, cookie *http.Cookie) map[string]string {
	header := map[string]string{"X-Forwarded-For": address}
	if cookie != nil {
		header["Cookie"] = cookie.Name + "=" + cookie.Value
	}
	return header
}

// strangers are each at an address of their own.
func strangers(i int) map[string]string { return from("198.51.100."+strconv.Itoa(i), nil) }

func devicesWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{TrustProxy: true, Logins: unforgiving})
	require.NoError(t, w.store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.AddUser(ctx, db.NewUser{Name: "Bob", Email: "bob@example.com", Password: "battery staple", Role: crm.Manager})
		return err
	}))
	return w
}

const bobsLogin = `{"email":"bob@example.com","password":"battery staple"}`

func TestGuessesAtAnAccountDoNotLockOutAKnownDevice(t *testing.T) {
	t.Parallel()
	w := devicesWorld(t)
	owners := w.device(adasLogin, from("192.0.2.1", nil))
	bobs := w.device(bobsLogin, from("192.0.2.2", nil))
	shared := w.device(bobsLogin, from("192.0.2.1", owners))

	refused := w.guess(15, "ada@example.com", strangers)
	require.NotEmpty(t, refused)
	for _, r := range refused {
		r.refused(429, "too_many", "")
		requireRetryAfter(t, r)
	}
	altered := *owners
	altered.Value = altered.Value[:len(altered.Value)-2] + "AA"
	swapped := *owners // the owner's signature under another's claims
	swapped.Value = bobs.Value[:strings.LastIndexByte(bobs.Value, '.')] + owners.Value[strings.LastIndexByte(owners.Value, '.'):]
	for who, cookie := range map[string]*http.Cookie{"unknown": nil, "altered": &altered, "swapped": &swapped, "another user's": bobs,
		"empty": {Name: deviceCookie}, "made up": {Name: deviceCookie, Value: "v1.e30.e30"}} {
		r := w.send("POST", "/api/session", adasLogin, from("192.0.2.9", cookie))
		require.Equal(t, 429, r.StatusCode, "%s: %s", who, r.body)
	}
	w.device(adasLogin, from("192.0.2.1", owners))
	w.device(adasLogin, from("192.0.2.1", shared)) // Bob signed in on it last
	// Nor do neighbours at the device's own address.
	w.guess(21, "nobody@example.com", func(int) map[string]string { return from("192.0.2.1", nil) })
	w.send("POST", "/api/session", adasLogin, from("192.0.2.1", nil)).refused(429, "too_many", "")
	w.device(adasLogin, from("192.0.2.1", owners))
}

func TestAStolenDeviceIsLimitedByItself(t *testing.T) {
	t.Parallel()
	w := devicesWorld(t)
	stolen := w.device(adasLogin, from("192.0.2.1", nil))
	renewed := w.device(adasLogin, from("192.0.2.1", stolen))
	require.NotEqual(t, stolen.Value, renewed.Value)
	refused := w.guess(12, "ada@example.com", func(i int) map[string]string { return from("198.51.100."+strconv.Itoa(i), stolen) })
	require.Len(t, refused, 3, "addresses do not multiply its tries")
	requireRetryAfter(t, refused[0])
	w.device(adasLogin, from("192.0.2.1", renewed))
	w.device(adasLogin, from("192.0.2.7", nil)) // nor does it take a stranger's
}

func TestANetworkOfIPv6TriesPasswordsTogether(t *testing.T) {
	t.Parallel()
	w := devicesWorld(t)
	refused := w.guess(21, "nobody@example.com", func(i int) map[string]string {
		return from("2001:db8:1:2::"+strconv.Itoa(i+1), nil)
	})
	require.NotEmpty(t, refused)
	w.send("POST", "/api/session", adasLogin, from("2001:db8:1:2::ffff", nil)).refused(429, "too_many", "")
	w.send("POST", "/api/session", adasLogin, from("2001:db8:1:3::1", nil)).want(200)
}

func TestTheDeviceCookieIsKeptFromPagesAndOtherSites(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	store, err := db.Open(t.Context(), db.Options{URL: dbtest.SQLiteURL(t), Now: func() time.Time { return now }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	w := newWorld(t, store, api.Deps{TrustProxy: true, Logins: unforgiving, PublicURL: "https://crm.example.com"})
	cookie := w.device(adasLogin, nil)
	require.True(t, cookie.HttpOnly)
	require.True(t, cookie.Secure)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "/api/session", cookie.Path)
	require.Greater(t, time.Duration(cookie.MaxAge)*time.Second, 300*24*time.Hour)

	signOut := w.send("DELETE", "/api/session", "", from("192.0.2.1", cookie))
	signOut.want(204)
	require.NotContains(t, strings.Join(signOut.Header.Values("Set-Cookie"), "\n"), deviceCookie, "who signs out comes back")
	// The cookie alone is no login.
	w.send("GET", "/api/v4/account", "", from("192.0.2.1", cookie)).refused(401, "unauthorized", "")

	w.guess(15, "ada@example.com", strangers)
	w.device(adasLogin, from("192.0.2.1", cookie))
	now = now.Add(366 * 24 * time.Hour)
	w.send("POST", "/api/session", adasLogin, from("192.0.2.1", cookie)).refused(429, "too_many", "")
}

// Whoever finds out which accounts a device knows, and who does not, learns nothing of accounts.
func TestAKnownDeviceHearsNothingElseOfOtherAccounts(t *testing.T) {
	t.Parallel()
	w := devicesWorld(t)
	owners := w.device(adasLogin, from("192.0.2.1", nil))
	for _, email := range []string{"bob@example.com", "nobody@example.com", "ada@example.com"} {
		r := w.send("POST", "/api/session", `{"email":"`+email+`","password":"guess guess"}`, from("192.0.2.1", owners))
		r.refused(401, "unauthorized", "")
		require.Empty(t, r.Cookies())
	}
}
