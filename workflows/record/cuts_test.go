package record

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// talker answers every message; some words make it wait, ask, remind or start another bot.
var talker = []string{document("Talker",
	`{"id":"route","kind":"condition","config":{"branches":[{"id":"timer","terms":[{"value":"{{message_text}}","operator":"contains","operand":"timer"}]},`+
		`{"id":"ask","terms":[{"value":"{{message_text}}","operator":"contains","operand":"ask"}]},{"id":"nag","terms":[{"value":"{{message_text}}","operator":"contains","operand":"nag"}]},`+
		`{"id":"sub","terms":[{"value":"{{message_text}}","operator":"contains","operand":"sub"}]},{"id":"bye","terms":[{"value":"{{message_text}}","operator":"contains","operand":"bye"}]}]},`+
		`"exits":{"branch:timer":"wait","branch:ask":"question","branch:nag":"remind","branch:sub":"child","branch:bye":"bye","else":"echo"}}`,
	`{"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"route"}}`,
	say("echo", "You said {{message_text}}", "listen"),
	`{"id":"wait","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":1}]},"exits":{"wait:t":"fired"}}`, say("fired", "The time of {{message_text}} is over", "listen"),
	`{"id":"remind","kind":"pause","config":{"waits":[{"id":"m","on":"message"},{"id":"t","on":"timer","seconds":1}]},"exits":{"wait:m":"route","wait:t":"nagged"}}`, say("nagged", "Still there?", "listen"),
	`{"id":"question","kind":"message","config":{"text":"Yes or no?","buttons":[{"id":"yes","text":"Yes"},{"id":"no","text":"No"}]},"exits":{"button:yes":"yes","button:no":"listen","other":"echo"}}`,
	say("yes", "Fine", "listen"),
	`{"id":"child","kind":"start_bot","config":{"bot_id":2},"exits":{"next":"back"}}`, say("back", "We were at {{message_text}}", "listen"), say("bye", "Bye", "")),
	document("Child", say("who", "Your name?", "name"), `{"id":"name","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"hello"}}`, say("hello", "Hello {{message_text}}", ""))}

// act is what a client does at once, and for how many texts it waits before it acts again.
type act struct {
	says []string
	// held says that a person holds the bot while it is said.
	held  bool
	hears int
}

// dialogue is what one client does, chosen by chance.
func dialogue(chance *rand.Rand) []act {
	acts := []act{{says: []string{"hi"}, hears: 1}}
	word := func(kind string) string { return fmt.Sprintf("%s %d", kind, len(acts)) }
	for range 5 {
		switch chance.IntN(6) {
		case 0:
			acts = append(acts, act{says: []string{word("timer")}, hears: 1})
		case 1:
			acts = append(acts, act{says: []string{word("ask")}, hears: 1}, act{says: []string{[]string{"Yes", "perhaps"}[chance.IntN(2)]}, hears: 1})
		case 2:
			acts = append(acts, act{says: []string{word("nag")}, hears: 1})
		case 3:
			acts = append(acts, act{says: []string{word("sub")}, hears: 1}, act{says: []string{word("Ann")}, hears: 2})
		case 4:
			acts = append(acts, act{says: []string{"for you, not for the bot"}, held: true})
		}
		var several []string
		for i := range 1 + chance.IntN(3) {
			several = append(several, fmt.Sprintf("text %d.%d", len(acts), i))
		}
		acts = append(acts, act{says: several, hears: len(several)})
	}
	return append(acts, act{says: []string{"bye"}, hears: 1})
}

// scissors cut workflow tasks off: what a task did is done, but the server never hears of it, as if the worker had been
// killed, and gives the task out again to be replayed from the beginning, together with what has come meanwhile. They
// also make conversations continue as new, long before their histories are long.
type scissors struct {
	mu     sync.Mutex
	chance *rand.Rand
	sharp  bool
	cuts   int
}

func (s *scissors) intercept(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	switch r := request.(type) {
	case *workflowservice.SignalWithStartWorkflowExecutionRequest:
		if s.isSharp() {
			r.WorkflowTaskTimeout = durationpb.New(time.Second)
		}
	case *workflowservice.RespondWorkflowTaskCompletedRequest:
		if s.cut() {
			return status.Error(codes.NotFound, "cut off")
		}
	}
	if err := invoke(ctx, method, request, reply, conn, opts...); err != nil {
		return err
	}
	switch r := reply.(type) {
	case *workflowservice.PollWorkflowTaskQueueResponse:
		s.suggest(r.GetWorkflowExecution().GetRunId(), r.GetHistory())
	case *workflowservice.RespondWorkflowTaskCompletedResponse: // it may bring the next task along
		s.suggest(r.GetWorkflowTask().GetWorkflowExecution().GetRunId(), r.GetWorkflowTask().GetHistory())
	case *workflowservice.GetWorkflowExecutionHistoryResponse:
		if asked, ok := request.(*workflowservice.GetWorkflowExecutionHistoryRequest); ok {
			s.suggest(asked.GetExecution().GetRunId(), r.GetHistory())
		}
	}
	return nil
}

func (s *scissors) cut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sharp || s.chance.IntN(4) != 0 {
		return false
	}
	s.cuts++
	return true
}

func (s *scissors) isSharp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sharp
}

func (s *scissors) sharpen(sharp bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sharp = sharp
}

// suggest lets the server suggest a continue-as-new in every other task; which one is the same in every replay.
func (s *scissors) suggest(run string, history *historypb.History) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, event := range history.GetEvents() {
		started := event.GetWorkflowTaskStartedEventAttributes()
		hash := fnv.New32()
		_, _ = fmt.Fprint(hash, run, event.GetEventId())
		if started != nil && s.sharp && hash.Sum32()%2 == 0 {
			started.SuggestContinueAsNew = true
		}
	}
}

// Whatever is cut off, and wherever a conversation continues as new, clients hear what they hear otherwise: nothing is
// lost, nothing is said twice, and the order stays. CUTS is the number of
// dialogues, such as 60 for a long run; SEED begins their chance.
func TestClientsHearTheSameWhereverAConversationIsCutOff(t *testing.T) {
	dialogues, seed := number(t, "CUTS", 12), uint64(number(t, "SEED", 1))
	s := &scissors{chance: rand.New(rand.NewPCG(seed, 0))}
	st := open(t, start(t, grpc.WithChainUnaryInterceptor(s.intercept)), scenario{number: 93, bots: talker})
	scripts := map[string][]act{}
	for i := range dialogues {
		scripts[strconv.Itoa(i)] = dialogue(rand.New(rand.NewPCG(seed, uint64(i))))
	}
	want := st.perform("uncut", scripts)
	s.sharpen(true)
	got := st.perform("cut", scripts)
	for client := range scripts {
		require.Equal(t, want[client], got[client], "dialogue %s of seed %d: %v", client, seed, scripts[client])
	}
	require.Greater(t, s.cuts, 3*dialogues, "they were cut off")
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, name)
	return n
}

// perform plays the scripts side by side, each by a client whose name begins so, and tells what each heard.
func (st *studio) perform(prefix string, scripts map[string][]act) map[string][]string {
	st.t.Helper()
	next, due, leads := map[string]int{}, map[string]int{}, map[string]int64{}
	var heard map[string][]string
	deadline := time.Now().Add(3 * time.Minute)
	for !func() bool {
		heard = st.heard(prefix)
		left := len(scripts)
		for client, acts := range scripts {
			for next[client] < len(acts) && len(heard[client]) >= due[client] {
				do := acts[next[client]]
				leads[client] = st.act(prefix+client, leads[client], do)
				next[client]++
				due[client] += do.hears
			}
			if next[client] == len(acts) && len(heard[client]) >= due[client] {
				left--
			}
		}
		return left == 0
	}() {
		require.True(st.t, time.Now().Before(deadline), "clients wait in vain: %v of %v, %v", heard, due, scripts)
		<-time.After(25 * time.Millisecond)
	}
	st.await(func([]crm.Run) bool { return len(st.runs(db.RunFilter{Alive: true})) == 0 })
	return st.heard(prefix)
}

// act does it, and gives the lead.
func (st *studio) act(client string, lead int64, a act) int64 {
	hold := func(command bot.Command) {
		for _, run := range st.runs(db.RunFilter{LeadID: lead, Alive: true}) {
			require.NoError(st.t, st.store.Change(st.t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ControlRun(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, run.ID, bot.Control{Command: command})
				return err
			}))
		}
	}
	if a.held {
		hold(bot.CommandPause)
		defer hold(bot.CommandResume)
	}
	for _, text := range a.says {
		lead = st.sayAs(client, text)
	}
	return lead
}

// heard is what the bots said to the clients whose name begins so, in order.
func (st *studio) heard(prefix string) map[string][]string {
	st.t.Helper()
	var rows []struct{ ExternalID, Text string }
	require.NoError(st.t, st.store.Change(st.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewRaw("SELECT chats.external_id, messages.text FROM messages JOIN chats ON chats.id = messages.chat_id "+
			"WHERE messages.direction = 'out' AND chats.external_id LIKE ? ORDER BY messages.seq", prefix+"%").Scan(ctx, &rows)
	}))
	heard := map[string][]string{}
	for _, row := range rows {
		client := strings.TrimPrefix(row.ExternalID, prefix)
		heard[client] = append(heard[client], row.Text)
	}
	return heard
}
