package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	deviceCookie = "salesbot_device"
	deviceLife   = 365 * 24 * time.Hour
	// devicePath: nothing but signing in reads the cookie.
	devicePath = "/api/session"
	// maxDeviceUsers are the last ones who signed in on a device that several people share.
	maxDeviceUsers = 8
)

// device is a browser in which users have signed in, as its cookie says. Tries that come from it are counted apart from
// those of strangers, who could else lock an owner out by guessing (OWASP: device cookies). It opens nothing by itself.
type device struct {
	ID    string `json:"id"`
	Until int64  `json:"until"`
	// Users are those who signed in, the last one first.
	Users []int64 `json:"users"`
}

// bucket is what tries of the device on the account count in; "" if the account's user has not signed in on it.
func (d device) bucket(userID int64) string {
	if !slices.Contains(d.Users, userID) {
		return ""
	}
	return d.ID + " " + strconv.FormatInt(userID, 10)
}

// with is the device after the user has signed in on it. Its name is a new one: whoever has a copy of the old cookie
// tries on alone.
func (d device) with(userID int64, now time.Time) device {
	others := slices.DeleteFunc(slices.Clone(d.Users), func(id int64) bool { return id == userID })
	users := append([]int64{userID}, others...)
	return device{ID: rand.Text(), Until: now.Add(deviceLife).Unix(), Users: users[:min(len(users), maxDeviceUsers)]}
}

// sign makes the cookie's text: v1.<JSON>.<signature>.
func (d device) sign(key []byte) (string, error) {
	claims, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	text := "v1." + base64.RawURLEncoding.EncodeToString(claims)
	return text + "." + deviceSignature(key, text), nil
}

// readDevice is the zero device for what we did not sign, or what is too old.
func readDevice(key []byte, cookie string, now time.Time) (d device) {
	at := strings.LastIndexByte(cookie, '.')
	if at < 0 || !hmac.Equal([]byte(deviceSignature(key, cookie[:at])), []byte(cookie[at+1:])) {
		return device{}
	}
	claims, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(cookie[:at], "v1."))
	if err != nil || json.Unmarshal(claims, &d) != nil || d.Until <= now.Unix() {
		return device{}
	}
	return d
}

func deviceSignature(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// deviceOf is the caller's device; the zero device if there is none that we know.
func (s *Server) deviceOf(r *http.Request) device {
	cookie, err := r.Cookie(deviceCookie)
	if err != nil {
		return device{}
	}
	return readDevice(s.Store.DeviceKey(), cookie.Value, s.Store.Now())
}

// knownFor is the bucket of the device for the account; "" if its user has not signed in on it.
func (s *Server) knownFor(ctx context.Context, d device, account string) (string, error) {
	if len(d.Users) == 0 || account == "" {
		return "", nil
	}
	userID, err := s.Store.UserIDByEmail(ctx, account)
	return d.bucket(userID), err
}

func (s *Server) rememberDevice(c echo.Context, d device, userID int64) error {
	value, err := d.with(userID, s.Store.Now()).sign(s.Store.DeviceKey())
	if err != nil {
		return err
	}
	c.SetCookie(&http.Cookie{Name: deviceCookie, Value: value, Path: devicePath, MaxAge: int(deviceLife.Seconds()), HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: s.secure(c.Request())})
	return nil
}
