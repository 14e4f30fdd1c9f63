package bottest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bottest"
)

const keyed = `{"schema":1,"name":"Keyed","start":"call","steps":[
  {"id":"call","kind":"send_webhook","config":{"url":"https://shop.example.com/?k={{secret.shop_key}}","method":"POST",
    "headers":{"Authorization":"Bearer {{secret.shop_key}}"},"body":{"key":"{{secret.shop_key}}"}},"exits":{"next":"told","failed":"failed"}},
  {"id":"told","kind":"message","config":{"text":"It says {{json.key}}"}},
  {"id":"failed","kind":"message","config":{"text":"No"}}]}`

func TestAScriptGivesSecrets(t *testing.T) {
	t.Parallel()
	play := func(secrets, steps string) bottest.CaseReport {
		script, err := bottest.Parse([]byte(`{` + secrets + `"cases":[{"name":"a","steps":[{"webhook":{"json":{"key":"made-up-key"}}},{"client":"hi"},` + steps + `]}]}`))
		require.NoError(t, err)
		report, err := bottest.Run(t.Context(), parse(t, keyed), script)
		require.NoError(t, err)
		return report.Cases[0]
	}
	given := `"secrets":{"shop_key":"made-up-key"},`
	called := `{"called":{"url":"https://shop.example.com/?k=made-up-key","body_contains":"made-up-key","headers":{"authorization":"Bearer made-*"}}}`
	require.Nil(t, play(given, called+`,{"bot":"It says [secret shop_key]"}`).Failure)
	require.Contains(t, play(given, `{"called":{"headers":{"Authorization":"Basic*"}}}`).Failure.Problem, `expected Authorization: Basic*, saw Authorization: Bearer made-up-key`)
	require.Nil(t, play("", `{"bot":"No"}`).Failure, "without its secret the bot does what it does in production")

	script, err := bottest.Parse([]byte(`{"secrets":{"shop_key":"short"},"cases":[{"name":"a","steps":[{"client":"hi"}]}]}`))
	require.NoError(t, err)
	_, err = bottest.Run(t.Context(), parse(t, keyed), script)
	require.ErrorContains(t, err, "the script's secret shop_key")
}
