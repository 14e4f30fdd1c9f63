package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// A service drops a request whose key it has seen: only attempts at the same request may have the same one.
func TestTheKeyOfARequestIsNoOthers(t *testing.T) {
	t.Parallel()
	key := bot.EffectKey{RunID: 7, Birth: "born", Visit: 3, Ordinal: 1, Mark: "call CallWebhook m1"}
	same := key
	require.Equal(t, key.String(), same.String())
	for name, change := range map[string]func(k *bot.EffectKey){
		"another run":                            func(k *bot.EffectKey) { k.RunID = 8 },
		"a run that got the number again":        func(k *bot.EffectKey) { k.Birth = "reborn" },
		"another visit":                          func(k *bot.EffectKey) { k.Visit = 4 },
		"another request of the visit":           func(k *bot.EffectKey) { k.Ordinal = 2 },
		"another way after the run was set back": func(k *bot.EffectKey) { k.Mark = "call CallWebhook m2" },
	} {
		other := key
		change(&other)
		require.NotEqual(t, key.String(), other.String(), name)
	}
	require.NotContains(t, key.String(), " ", "it is a header's value")
	require.Equal(t, "run-7.3.1", bot.EffectKey{RunID: 7, Visit: 3, Ordinal: 1, Mark: "call"}.String(), "a run that began before there were births keeps its keys")
}
