package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEverySampleBotCanBeAddedAndASecondCopyHasAnotherName(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		list := w.call("GET", "/api/v4/bot_samples", "").want(200)
		var offered []string
		for i := range 3 {
			sample, _ := at(list, "_embedded", "samples", i).(map[string]any)
			key, name := fmt.Sprint(sample["key"]), fmt.Sprint(sample["name"])
			offered = append(offered, key)
			require.NotEmpty(w.t, sample["summary"])
			require.Equal(w.t, "client", at(sample, "dialogue", 0, "from"))
			for _, called := range []string{name, name + " 2", name + " 3"} {
				made := w.call("POST", "/api/v4/bot_samples/"+key+"/copies", "").want(201)
				require.Equal(w.t, called, made["name"])
				require.Equal(w.t, called, at(made, "document", "name"))
				require.Equal(w.t, at(sample, "document", "start"), at(made, "document", "start"))
				require.Len(w.t, at(made, "document", "steps"), len(at(sample, "document", "steps").([]any)))
				require.Nil(w.t, made["published_version"], "it is a draft")
			}
		}
		require.Equal(w.t, []string{"welcome", "night_shift", "order_status"}, offered)
		w.call("POST", "/api/v4/bot_samples/gone/copies", "").refused(404, "not_found", "")
		w.send("POST", "/api/v4/bot_samples/welcome/copies", "", map[string]string{"Authorization": "Bearer " + w.manager}).refused(403, "forbidden", "")
		w.send("GET", "/api/v4/bot_samples", "", map[string]string{"Authorization": "Bearer " + w.manager}).want(200)
	})
}
