package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
)

func TestTheFirstStartIsShownUntilThereIsALeadOrTheUserHasDismissedIt(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		const path = "/api/v4/first_start"
		eva, bob := w.addMember("eva", crm.Administrator, crm.Administrator), w.addMember("bob", crm.Manager, crm.Manager)
		shown := func(secret string) any {
			browser := map[string]string{"Cookie": "salesbot_session=" + secret, "Sec-Fetch-Site": "same-origin"}
			return at(w.send("GET", path, "", browser).want(200), "is_shown")
		}
		require.Equal(w.t, []any{true, true}, []any{shown(eva.session), shown(bob.session)})
		for range 2 { // once more changes nothing
			w.send("DELETE", path, "", map[string]string{"Authorization": "Bearer " + bob.token}).want(204)
		}
		require.Equal(w.t, []any{true, false}, []any{shown(eva.session), shown(bob.session)}, "it is bob's alone")

		lead := w.addLead()
		require.Equal(w.t, false, shown(eva.session))
		require.NotZero(w.t, lead.ID)
	})
}
