package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
)

func TestWorkingHours(t *testing.T) {
	eachWorld(t, func(w *world) {
		const path = "/api/v4/account/working_hours"
		const hours = `{"time_zone":"Europe/Berlin","days":[[{"from":"09:00","to":"17:00"}],[],[],[],[],[],[]],"holidays":["12-25"]}`
		require.Equal(w.t, http.StatusOK, w.call(http.MethodPut, path, hours).StatusCode)
		require.JSONEq(w.t, hours, string(w.call(http.MethodGet, path, "").body))
		for _, c := range []struct{ name, body, names string }{
			{"no such time zone", `{"time_zone":"Mars","days":[[],[],[],[],[],[],[]]}`, "time_zone"},
			{"an interval that ends before it begins", `{"time_zone":"","days":[[{"from":"17:00","to":"09:00"}],[],[],[],[],[],[]]}`, "day 1"},
			{"no such day", `{"time_zone":"","days":[[],[],[],[],[],[],[]],"holidays":["13-45"]}`, "holiday"},
		} {
			answer := w.call(http.MethodPut, path, c.body)
			require.Equal(w.t, http.StatusBadRequest, answer.StatusCode, c.name)
			require.Contains(w.t, string(answer.body), c.names, c.name)
		}
		require.JSONEq(w.t, hours, string(w.call(http.MethodGet, path, "").body), "bad input changes nothing")
		refused := w.send(http.MethodPut, path, hours, map[string]string{"Authorization": "Bearer " + w.manager})
		require.Equal(w.t, http.StatusForbidden, refused.StatusCode)
	})
}

func TestTheWebhookSecretIsKeptSealed(t *testing.T) {
	eachWorld(t, func(w *world) {
		const path, secret = "/api/v4/account/webhook_secret", "a secret of sixteen or more"
		read := func() string {
			text, err := w.store.SealedSetting(t.Context(), crm.SettingWebhookSecret)
			require.NoError(w.t, err)
			return text
		}
		require.Empty(w.t, read())
		require.Equal(w.t, http.StatusNoContent, w.call(http.MethodPut, path, `{"secret":"`+secret+`"}`).StatusCode)
		require.Equal(w.t, secret, read())
		var kept string
		_, err := w.store.Setting(t.Context(), crm.SettingWebhookSecret, &kept)
		require.NoError(w.t, err)
		require.NotContains(w.t, kept, "secret", "the database holds no plain text")
		require.Equal(w.t, http.StatusBadRequest, w.call(http.MethodPut, path, `{"secret":"short"}`).StatusCode)
		require.Equal(w.t, http.StatusNoContent, w.call(http.MethodPut, path, `{"secret":""}`).StatusCode)
		require.Empty(w.t, read())
	})
}
