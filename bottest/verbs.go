package bottest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesbot/bot"
	"salesbot/crm"
)

// compiler reads a step's value and gives what the step does.
type compiler func(value json.RawMessage) (func(p *player) error, error)

// verbs are the words of scripts. Those of the first part do something, and the conversation then does what follows
// from it; those of the second part expect something.
var verbs = map[string]compiler{
	// The client writes; several texts come one right after another.
	"client": act(func(p *player, v texts) error { return p.w.Client(v...) }),
	// The client taps the newest button with that text.
	"tap": act(func(p *player, v string) error { return p.w.Tap(v) }),
	// Time passes: 3d, 1h30m, 45s.
	"silent": act(func(p *player, v span) error { return p.w.Silent(time.Duration(v)) }),
	// A manager writes into the chat.
	"manager": act(func(p *player, v string) error { return p.w.Manager(v) }),
	// The client opens or closes the newest video: opened, closed.
	"video": act((*player).video),
	// A person starts the bot by hand; the value is the bot's number, from 1.
	"launch": act(func(p *player, v int) error { return p.w.Launch(v, "") }),
	// A person commands the newest run: stop, pause, resume, skip, take_over, hand_back.
	"command": act(func(p *player, v bot.Command) error { return p.w.Command(bot.Control{Command: v}) }),
	// A person sends the newest run to a step.
	"goto": act(func(p *player, v string) error {
		return p.w.Command(bot.Control{Command: bot.CommandGoto, Step: v})
	}),
	// A person enters what a step asks for.
	"answer": act(func(p *player, v any) error { return p.w.Answer(v) }),
	// What webhooks answer from now on: {"status": 200, "json": {}} or {"broken": true}; of a list one each, and then the last.
	"webhook": act(func(p *player, v answers) error { p.w.Web.Say(v...); return nil }),
	// What custom activities answer from now on: {"ScoreLead": {"json": {"points": 90}}} or {"ScoreLead": {"error": "NoPrice"}}.
	"activity": act(func(p *player, v map[string]Performed) error { p.w.Foreign.Say(v); return nil }),
	// What an external channel does to messages from now on: true (refused), false, refused, blocked, temporary, down, unknown.
	"fail_sends": act((*player).failSends),
	// What the provider reports of the newest message: delivered, read, failed.
	"report": act(func(p *player, v crm.MessageStatus) error { return p.w.Report(v, "the provider says so") }),

	// The bot's next message; of several its next messages. All that it said since the last action must be named, or nothing of it.
	"bot": expect((*player).bot),
	// The buttons of the message that was named last.
	"buttons": expect((*player).buttons),
	// The bot has said no more.
	"nothing": expect((*player).nothing),
	// The stage at which the lead stands.
	"stage": expect(func(p *player, v string) error { return same(v, p.w.Stage) }),
	// The next task, or note.
	"task": expect(func(p *player, v string) error { return p.next(&p.tasks, v, p.w.Tasks) }),
	"note": expect(func(p *player, v string) error { return p.next(&p.notes, v, p.w.Notes) }),
	// The lead's tags, in any order.
	"tags": expect((*player).tags),
	// What placeholders stand for: {"contact.phone": "+49*"}.
	"field": expect((*player).field),
	// The next webhook.
	"called": expect((*player).called),
	// The next call of a custom activity.
	"performed": expect((*player).performed),
	// The status of the newest run, the step at which it stands, why it ended or stands still, and the steps that it visited.
	"run":    expect(func(p *player, v string) error { return p.run(v, func(r crm.Run) string { return r.Status }) }),
	"step":   expect(func(p *player, v string) error { return p.run(v, func(r crm.Run) string { return r.Step }) }),
	"reason": expect(func(p *player, v string) error { return p.run(v, func(r crm.Run) string { return r.Reason }) }),
	"trace":  expect((*player).trace),
}

func act[T any](do func(p *player, value T) error) compiler {
	return compile(func(p *player, value T) error {
		if err := p.beforeAction(); err != nil {
			return err
		}
		return do(p, value)
	})
}

func expect[T any](do func(p *player, value T) error) compiler { return compile(do) }

func compile[T any](do func(p *player, value T) error) compiler {
	return func(raw json.RawMessage) (func(p *player) error, error) {
		var value T
		if err := bot.DecodeStrict(raw, &value); err != nil {
			return nil, err
		}
		return func(p *player) error { return do(p, value) }, nil
	}
}

func (p *player) video(what string) error {
	kinds := map[string]bot.ReceiptKind{"opened": bot.ReceiptVideoOpened, "closed": bot.ReceiptVideoClosed}
	kind, ok := kinds[what]
	if !ok {
		return fmt.Errorf("a video is opened or closed, not %q", what)
	}
	return p.w.Video(kind)
}

func (p *player) failSends(value any) error {
	switch v := value.(type) {
	case bool:
		p.w.Provider.Makes(map[bool]Trouble{true: Refuses, false: NoTrouble}[v])
		return nil
	case string:
		if slices.Contains([]Trouble{NoTrouble, Refuses, Blocked, Temporary, Down, Unknown}, Trouble(v)) {
			p.w.Provider.Makes(Trouble(v))
			return nil
		}
	}
	return fmt.Errorf("%v is no trouble; write true, false, refused, blocked, temporary, down or unknown", value)
}

// mismatch is an expectation that was not met.
type mismatch struct{ want, saw string }

func (m *mismatch) Error() string { return "expected " + m.want + ", saw " + m.saw }

func same(want string, see func() (string, error)) error {
	saw, err := see()
	if err != nil {
		return err
	}
	if !like(want, saw) {
		return &mismatch{quoted(want), quoted(saw)}
	}
	return nil
}

func quoted(list ...string) string {
	if len(list) == 0 {
		return "nothing"
	}
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(words, ", ")
}

func (p *player) bot(want texts) error {
	unread, err := p.unread()
	if err != nil {
		return err
	}
	p.checked = true
	if len(unread) < len(want) {
		return &mismatch{quoted(want...), quoted(textsOf(unread)...)}
	}
	for i, text := range want {
		if !like(text, unread[i].Text) {
			return &mismatch{quoted(want...), quoted(textsOf(unread)...)}
		}
	}
	p.last = unread[len(want)-1]
	p.read = p.last.Seq
	return nil
}

func (p *player) buttons(want []string) error {
	saw := make([]string, len(p.last.Buttons))
	for i, b := range p.last.Buttons {
		saw[i] = b.Text
	}
	if len(saw) != len(want) {
		return &mismatch{quoted(want...), quoted(saw...)}
	}
	for i := range want {
		if !like(want[i], saw[i]) {
			return &mismatch{quoted(want...), quoted(saw...)}
		}
	}
	return nil
}

func (p *player) nothing(bool) error {
	unread, err := p.unread()
	if err == nil && len(unread) > 0 {
		return &mismatch{"nothing", quoted(textsOf(unread)...)}
	}
	return err
}

// next expects the next one of a list that only grows.
func (p *player) next(read *int, want string, list func() ([]string, error)) error {
	all, err := list()
	if err != nil {
		return err
	}
	if *read >= len(all) || !like(want, all[*read]) {
		return &mismatch{quoted(want), quoted(all[*read:]...)}
	}
	*read++
	return nil
}

func (p *player) tags(want []string) error {
	saw, err := p.w.Tags()
	if err != nil {
		return err
	}
	slices.Sort(saw)
	sorted := slices.Sorted(slices.Values(want))
	if !slices.Equal(saw, sorted) {
		return &mismatch{quoted(sorted...), quoted(saw...)}
	}
	return nil
}

func (p *player) field(want map[string]string) error {
	for name, text := range want {
		if err := same(text, func() (string, error) { return p.w.Fact(name) }); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

type calledWith struct {
	URL          string `json:"url,omitempty"`
	Method       string `json:"method,omitempty"`
	BodyContains texts  `json:"body_contains,omitempty"`
	// Headers are some of the request's, by name.
	Headers map[string]string `json:"headers,omitempty"`
}

func (p *player) called(want calledWith) error {
	calls := p.w.Web.Calls()
	if p.calls >= len(calls) {
		return &mismatch{fmt.Sprintf("a webhook %s %s", want.Method, want.URL), "none"}
	}
	call := calls[p.calls]
	p.calls++
	switch {
	case want.URL != "" && !like(want.URL, call.URL):
		return &mismatch{want.URL, call.URL}
	case want.Method != "" && want.Method != call.Method:
		return &mismatch{want.Method, call.Method}
	}
	for name, value := range want.Headers {
		if got := call.Header.Get(name); !like(value, got) {
			return &mismatch{name + ": " + value, name + ": " + got}
		}
	}
	for _, part := range want.BodyContains {
		if !strings.Contains(call.Body, part) {
			return &mismatch{"a body with " + part, call.Body}
		}
	}
	return nil
}

func (p *player) run(want string, part func(crm.Run) string) error {
	return same(want, func() (string, error) {
		run, err := p.w.Run()
		return part(run), err
	})
}

func (p *player) trace(want []string) error {
	run, err := p.w.Run()
	if err != nil {
		return err
	}
	visits, err := p.w.Trace(run.ID)
	if err != nil {
		return err
	}
	saw := make([]string, len(visits))
	for i, v := range visits {
		saw[i] = v.Step
	}
	if !slices.Equal(saw, want) {
		return &mismatch{quoted(want...), quoted(saw...)}
	}
	return nil
}

var errNotNamed = errors.New("name all that the bot says after an action, or nothing of it")
