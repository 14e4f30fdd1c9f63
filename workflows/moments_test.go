package workflows_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
	"salesbot/crm"
)

func document(t testing.TB, name, start, settings string, steps ...string) bot.Document {
	t.Helper()
	if settings == "" {
		settings = "{}"
	}
	doc := bot.Document{Schema: 1, Name: name, Start: start}
	require.NoError(t, json.Unmarshal([]byte(settings), &doc.Settings))
	for _, step := range steps {
		var s bot.Step
		require.NoError(t, json.Unmarshal([]byte(step), &s))
		doc.Steps = append(doc.Steps, s)
	}
	return doc
}

func say(id, text, next string) string {
	return fmt.Sprintf(`{"id":%q,"kind":"message","config":{"text":%q},"exits":{"next":%q}}`, id, text, next)
}

func wait(id, next string) string {
	return fmt.Sprintf(`{"id":%q,"kind":"pause","config":{"waits":[{"id":"reply","on":"message"},{"id":"late","on":"timer","hours":24}]},"exits":{"wait:reply":%q,"wait:late":"late"}}`, id, next)
}

func world(t testing.TB, o bottest.Options) *bottest.World {
	t.Helper()
	w, err := bottest.New(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

func said(t testing.TB, w *bottest.World) []string {
	t.Helper()
	texts, err := w.Said()
	require.NoError(t, err)
	return texts
}

func status(t testing.TB, w *bottest.World) bot.RunStatus {
	t.Helper()
	run, err := w.Run()
	require.NoError(t, err)
	return bot.RunStatus(run.Status)
}

// moments are the activities during which something may happen, of a bot that greets, calls a webhook and waits.
func momentsBot(t testing.TB) bot.Document {
	t.Helper()
	return document(t, "Moments", "hello", "", say("hello", "Hello", "hook"),
		`{"id":"hook","kind":"send_webhook","config":{"url":"https://example.com"},"exits":{"next":"more"}}`, say("more", "More", "wait"),
		wait("wait", "bye"), say("bye", "Bye", ""), say("late", "Late", ""), say("other", "Elsewhere", ""))
}

var moments = []string{"LoadVersion", "SendMessage", "CallWebhook", "Record"}

// at makes do happen once while that activity is under way: before it does its work, or after.
func at(moment string, after bool, do func(w *bottest.World)) func(*bottest.World, string, func() (any, error)) (any, error) {
	var first sync.Once
	return func(w *bottest.World, activity string, next func() (any, error)) (any, error) {
		if activity != moment {
			return next()
		}
		if !after {
			first.Do(func() { do(w) })
		}
		result, err := next()
		if after {
			first.Do(func() { do(w) })
		}
		return result, err
	}
}

func eachMoment(t *testing.T, test func(t *testing.T, when func(do func(w *bottest.World)) bottest.Options)) {
	for _, moment := range moments {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after %t", moment, after), func(t *testing.T) {
				t.Parallel()
				test(t, func(do func(w *bottest.World)) bottest.Options {
					return bottest.Options{Documents: []bot.Document{momentsBot(t)}, Around: at(moment, after, do)}
				})
			})
		}
	}
}

// After a command was acknowledged, that is, committed, the bot says nothing more, whatever it was doing.
func TestAHeldBotSaysNothingMore(t *testing.T) {
	t.Parallel()
	for _, command := range []bot.Command{bot.CommandStop, bot.CommandPause, bot.CommandTakeOver} {
		t.Run(string(command), func(t *testing.T) {
			t.Parallel()
			eachMoment(t, func(t *testing.T, when func(func(*bottest.World)) bottest.Options) {
				acknowledged := make(chan []string, 1) // what was said by then
				w := world(t, when(func(w *bottest.World) {
					require.NoError(t, w.Tell(bot.Control{Command: command}))
					acknowledged <- said(t, w)
				}))
				require.NoError(t, w.Client("hi"))
				require.NoError(t, w.Silent(time.Hour))
				require.Equal(t, <-acknowledged, said(t, w))
				if command == bot.CommandStop {
					require.Equal(t, bot.RunStopped, status(t, w))
					require.False(t, w.Alive())
					return
				}
				require.Equal(t, bot.RunPaused, status(t, w))
				release := map[bot.Command]bot.Command{bot.CommandPause: bot.CommandResume, bot.CommandTakeOver: bot.CommandHandBack}[command]
				require.NoError(t, w.Command(bot.Control{Command: release}))
				require.Equal(t, bot.RunWaiting, status(t, w))
				require.NoError(t, w.Client("on"))
				require.Equal(t, []string{"Hello", "More", "Bye"}, said(t, w))
				require.Equal(t, bot.RunFinished, status(t, w))
				require.Len(t, w.Web.Calls(), 1)
			})
		})
	}
}

func TestAManagersReplyStopsTheBotAtEveryMoment(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, when func(func(*bottest.World)) bottest.Options) {
		acknowledged := make(chan []string, 1)
		w := world(t, when(func(w *bottest.World) {
			require.NoError(t, w.Reply("I take this one"))
			acknowledged <- said(t, w)
		}))
		require.NoError(t, w.Client("hi"))
		require.Equal(t, <-acknowledged, said(t, w))
		require.Equal(t, bot.RunStopped, status(t, w))
	})
}

func TestGotoLeavesEveryMoment(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, when func(func(*bottest.World)) bottest.Options) {
		w := world(t, when(func(w *bottest.World) {
			require.NoError(t, w.Tell(bot.Control{Command: bot.CommandGoto, Step: "other"}))
		}))
		require.NoError(t, w.Client("hi"))
		texts := said(t, w)
		require.Equal(t, "Elsewhere", texts[len(texts)-1])
		require.NotContains(t, texts, "Bye")
		require.Equal(t, bot.RunFinished, status(t, w))
	})
}

func TestSkipOutsideAWaitDoesNothing(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, when func(func(*bottest.World)) bottest.Options) {
		w := world(t, when(func(w *bottest.World) { require.NoError(t, w.Tell(bot.Control{Command: bot.CommandSkip})) }))
		require.NoError(t, w.Client("hi"))
		texts := said(t, w)
		require.Contains(t, [][]string{{"Hello", "More"}, {"Hello", "More", "Late"}}, texts, "the record of the wait belongs to the wait")
	})
}

func TestMessagesDuringASlowStepAreSeenInOrder(t *testing.T) {
	t.Parallel()
	steps := []string{say("hello", "Hello", "hook"), `{"id":"hook","kind":"send_webhook","config":{"url":"https://example.com"},"exits":{"next":"w1"}}`}
	for i := 1; i <= 5; i++ {
		steps = append(steps, wait(fmt.Sprintf("w%d", i), fmt.Sprintf("s%d", i)), say(fmt.Sprintf("s%d", i), fmt.Sprintf("%d: {{message_text}}", i), fmt.Sprintf("w%d", i+1)))
	}
	steps = append(steps, wait("w6", "late"), say("late", "Late", ""))
	w := world(t, bottest.Options{Documents: []bot.Document{document(t, "Slow", "hello", "", steps...)}, Twice: true})
	w.Web.During = func(bottest.Call) {
		for _, text := range []string{"a", "b", "c", "d", "e"} {
			require.NoError(t, w.Say(text))
		}
	}
	require.NoError(t, w.Client("hi"))
	require.Equal(t, []string{"Hello", "1: a", "2: b", "3: c", "4: d", "5: e"}, said(t, w))
	visits, err := w.Trace(1)
	require.NoError(t, err)
	var got []string
	for _, v := range visits {
		for _, h := range v.Got {
			got = append(got, h.Text)
		}
	}
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, got)
}

func TestMessagesThatNothingWaitsForAreInTheTrace(t *testing.T) {
	t.Parallel()
	w := world(t, bottest.Options{Documents: []bot.Document{document(t, "Slow", "hook", "",
		`{"id":"hook","kind":"send_webhook","config":{"url":"https://example.com"},"exits":{"next":"bye"}}`, say("bye", "Bye", ""))}})
	w.Web.During = func(bottest.Call) {
		require.NoError(t, w.Say("one"))
		require.NoError(t, w.Say("two"))
	}
	require.NoError(t, w.Client("hi"))
	visits, err := w.Trace(1)
	require.NoError(t, err)
	require.Equal(t, []string{"the client wrote, and the run has ended: one", "the client wrote, and the run has ended: two"}, visits[len(visits)-1].Notes)
}

func TestMailIsHandledInTheOrderInWhichItWasWritten(t *testing.T) {
	t.Parallel()
	w := world(t, bottest.Options{Documents: []bot.Document{momentsBot(t)}, Backwards: true})
	require.NoError(t, w.Say("hi"))
	require.NoError(t, w.Say("and more"))
	require.NoError(t, w.Tell(bot.Control{Command: bot.CommandGoto, Step: "wait"}))
	require.NoError(t, w.Say("last"))
	require.NoError(t, w.Settle())
	require.Equal(t, []string{"Bye"}, said(t, w), "launched, sent to the wait, which takes the first message")
	visits, err := w.Trace(1)
	require.NoError(t, err)
	require.Equal(t, "and more", visits[len(visits)-2].Got[0].Text)
}

func TestARunKeepsItsVersion(t *testing.T) {
	t.Parallel()
	version := func(text string) bot.Document {
		return document(t, "Versions", "ask", "", say("ask", text+"?", "wait"), wait("wait", "bye"), say("bye", text+"!", ""), say("late", "", ""))
	}
	for _, renew := range []bool{false, true} {
		w := world(t, bottest.Options{Documents: []bot.Document{version("Old")}, Trigger: "message", ContinueAsNew: renew})
		require.NoError(t, w.Client("hi"))
		require.NoError(t, w.Publish(1, version("New")))
		require.NoError(t, w.Client("on"))
		require.NoError(t, w.Client("hi again"))
		require.NoError(t, w.Client("on again"))
		require.Equal(t, []string{"Old?", "Old!", "New?", "New!"}, said(t, w))
	}
}

func TestAnAnswerToAnOlderVisitIsDropped(t *testing.T) {
	t.Parallel()
	manual := func(id, field, next string) string {
		return fmt.Sprintf(`{"id":%q,"kind":"set_field","config":{"target":"lead","field":%q,"source":"manual"},"exits":{"next":%q}}`, id, field, next)
	}
	w := world(t, bottest.Options{Documents: []bot.Document{document(t, "Manual", "name", "", manual("name", "name", "price"), manual("price", "price", ""))}})
	require.NoError(t, w.Client("hi"))
	require.NoError(t, w.AnswerAt(1, 1, "Albatros"))
	require.NoError(t, w.AnswerAt(1, 1, "Barracuda"))
	require.NoError(t, w.Settle())
	name, err := w.Fact("lead.name")
	require.NoError(t, err)
	require.Equal(t, "Albatros", name)
	require.Equal(t, bot.RunWaiting, status(t, w), "the second answer is not the price")
	require.Error(t, w.AnswerAt(1, 1, "Codfish"), "the store knows by now")
	require.NoError(t, w.Answer("12"))
	require.Equal(t, bot.RunFinished, status(t, w))
}

func TestHundredsOfTurnsCrossContinueAsNews(t *testing.T) {
	t.Parallel()
	w := world(t, bottest.Options{Documents: []bot.Document{document(t, "Echo", "wait", "", wait("wait", "say"), say("say", "{{message_text}}", "wait"), say("late", "", ""))}})
	require.NoError(t, w.Client("hi"))
	var want []string
	for i := range 210 {
		text := fmt.Sprint(i)
		require.NoError(t, w.Client(text))
		want = append(want, text)
	}
	require.Equal(t, want, said(t, w))
	require.GreaterOrEqual(t, w.Renewed, 2)
}

// Every first attempt at an activity fails: before it did its work, or, as by a crash, after it.
func TestActivitiesMayFailAtAnyMoment(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		var mu sync.Mutex
		failed := map[string]int{}
		// The test environment gives the second attempt at a local activity a deadline by its own clock: let that be ahead.
		future := time.Date(2100, 1, 4, 10, 0, 0, 0, time.UTC)
		w := world(t, bottest.Options{At: future, Documents: []bot.Document{momentsBot(t)}, Around: func(_ *bottest.World, activity string, next func() (any, error)) (any, error) {
			mu.Lock()
			failed[activity]++
			first := failed[activity]%2 == 1
			mu.Unlock()
			if !first {
				return next()
			}
			if after {
				_, _ = next()
			}
			return nil, errors.New("the process died")
		}})
		require.NoError(t, w.Client("hi"))
		require.Equal(t, []string{"Hello", "More"}, said(t, w), "after %t", after)
		require.NoError(t, w.Client("on"))
		require.Equal(t, []string{"Hello", "More", "Bye"}, said(t, w), "after %t", after)
		require.Equal(t, bot.RunFinished, status(t, w))
	}
}

// The time for an answer begins when the question is asked, not when the bot was about to ask it.
func TestAQuestionThatWasHeldHasItsWholeTime(t *testing.T) {
	t.Parallel()
	question := document(t, "Question", "ask", "", `{"id":"ask","kind":"message","config":{"text":"Yes?","buttons":[{"id":"yes","text":"Yes"}],"no_answer_after":{"hours":24}},"exits":{"silent":"late"}}`, say("late", "Late", ""))
	for _, renew := range []bool{false, true} {
		w := world(t, bottest.Options{ContinueAsNew: renew, Documents: []bot.Document{question}, Around: at("SendMessage", false, func(w *bottest.World) {
			require.NoError(t, w.Tell(bot.Control{Command: bot.CommandTakeOver}))
		})})
		require.NoError(t, w.Client("hi"))
		require.NoError(t, w.Silent(48*time.Hour))
		require.Empty(t, said(t, w))
		require.NoError(t, w.Command(bot.Control{Command: bot.CommandHandBack}))
		require.Equal(t, []string{"Yes?"}, said(t, w))
		run, err := w.Run()
		require.NoError(t, err)
		require.Equal(t, bottest.Start.Add(72*time.Hour), run.WaitingUntil.UTC(), "continue as new: %t", renew)
		require.NoError(t, w.Silent(24*time.Hour-time.Second))
		require.Equal(t, []string{"Yes?"}, said(t, w))
		require.NoError(t, w.Silent(time.Second))
		require.Equal(t, []string{"Yes?", "Late"}, said(t, w))
	}
}

// A message that was written and not handed over when its run was stopped is not left hanging; one of a run that is only
// held waits, and goes out when the bot gets the chat back.
func TestWhatARunDidNotSendWhenItWasCutOff(t *testing.T) {
	t.Parallel()
	for _, command := range []bot.Command{bot.CommandStop, bot.CommandTakeOver} {
		w := world(t, bottest.Options{Channel: "telegram", Documents: []bot.Document{momentsBot(t)}, Around: at("SendMessage", true, func(w *bottest.World) {
			require.NoError(t, w.Tell(bot.Control{Command: command}))
		})})
		require.NoError(t, w.Client("hi"))
		require.Empty(t, w.Provider.Sent())
		messages, err := w.Messages()
		require.NoError(t, err)
		if command == bot.CommandStop {
			require.Equal(t, crm.MessageFailed, messages[1].Status)
			continue
		}
		require.Equal(t, crm.MessageSending, messages[1].Status)
		require.NoError(t, w.Command(bot.Control{Command: bot.CommandHandBack}))
		require.Equal(t, []string{"Hello", "More"}, said(t, w))
	}
}

// A message that comes while the only run records its end pulls the trigger that it would have pulled a moment later.
func TestAMessageAtTheVeryEndOfARunIsAnswered(t *testing.T) {
	t.Parallel()
	greeting := document(t, "Greeting", "hello", "", say("hello", "You said {{message_text}}", ""))
	for _, after := range []bool{false, true} {
		w := world(t, bottest.Options{Trigger: "message", Documents: []bot.Document{greeting}, Around: at("Record", after, func(w *bottest.World) {
			require.NoError(t, w.Say("second"))
		})})
		require.NoError(t, w.Client("first"))
		require.Equal(t, []string{"You said first", "You said second"}, said(t, w), "after %t", after)
		runs, err := w.Runs()
		require.NoError(t, err)
		require.Len(t, runs, 2)
	}
}

// What the client wrote while the last step of a run was busy is nobody's when that run fails: it pulls the trigger.
func TestMessagesThatAFailedRunLeavesAreHandedOver(t *testing.T) {
	t.Parallel()
	broken := document(t, "Broken", "hook", "", `{"id":"hook","kind":"send_webhook","config":{"url":"https://example.com"},"exits":{"next":"bye"}}`, say("bye", "Bye", "nowhere"))
	w := world(t, bottest.Options{Trigger: "message", Documents: []bot.Document{broken}})
	var once sync.Once
	w.Web.During = func(bottest.Call) { once.Do(func() { require.NoError(t, w.Say("second")) }) }
	require.NoError(t, w.Client("first"))
	runs, err := w.Runs()
	require.NoError(t, err)
	require.Len(t, runs, 2)
	require.Equal(t, string(bot.RunFailed), runs[0].Status)
	require.Equal(t, "trigger", runs[1].LaunchedBy)
	visits, err := w.Trace(1)
	require.NoError(t, err)
	require.Contains(t, visits[len(visits)-1].Notes, "the client wrote, and the run has ended: second")
}
