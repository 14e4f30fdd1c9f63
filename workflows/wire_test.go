package workflows_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/crm"
	"salesbot/steps"
	"salesbot/workflows"
)

// Open conversations, published bots and people's scripts hold these names: they may be added to, but none may change.
func TestWireNames(t *testing.T) {
	t.Parallel()
	var lines []string
	add := func(what string, names ...string) {
		for _, name := range names {
			lines = append(lines, what+" "+name)
		}
	}
	add("workflow type", bot.ConversationType, bot.DeliveryType)
	add("task queue", workflows.TaskQueue)
	add("workflow id", bot.Subject{LeadID: 1}.WorkflowID(), bot.Subject{ContactID: 1}.WorkflowID(), bot.DeliveryID("1"))
	add("signal", bot.SignalMessage, bot.SignalLaunch, bot.SignalControl, bot.SignalAnswer, bot.SignalReceipt, bot.SignalDeliver)
	add("query", workflows.QueryState)
	add("search attribute", slices.Sorted(maps.Keys(workflows.SearchAttributes()))...)
	add("activity", methods(reflect.TypeFor[*activities.Activities]())...)
	add("error type", activities.ErrorRefused, activities.ErrorHeld, activities.ErrorOutdated, activities.ErrorAway)
	add("command", texts(bot.CommandStop, bot.CommandPause, bot.CommandResume, bot.CommandSkip, bot.CommandGoto, bot.CommandTakeOver, bot.CommandHandBack)...)
	add("receipt", texts(bot.ReceiptFailed, bot.ReceiptVideoOpened, bot.ReceiptVideoClosed)...)
	add("event", texts(bot.EventMessage, bot.EventTimer, bot.EventReceipt, bot.EventAnswer, bot.EventSkipped)...)
	add("run status", texts(bot.RunStarting, bot.RunRunning, bot.RunWaiting, bot.RunPaused, bot.RunFinished, bot.RunStopped, bot.RunReplaced, bot.RunRefused, bot.RunFailed)...)
	add("target", texts(crm.TargetLead, crm.TargetMainContact, crm.TargetAllContacts, crm.TargetChatContact, crm.TargetCompany)...)
	for _, kind := range steps.Kinds() {
		add("step kind", kind.Name)
		config, err := steps.Decode(bot.Step{ID: "example", Kind: kind.Name, Config: []byte(kind.Example)})
		require.NoError(t, err)
		for _, exit := range steps.ExitsOf(kind, config) {
			add("exit of "+kind.Name, exit.Name)
		}
	}
	golden(t, "testdata/wire_names.golden", strings.Join(lines, "\n")+"\n")
}

func methods(of reflect.Type) []string {
	names := make([]string, of.NumMethod())
	for i := range names {
		names[i] = of.Method(i).Name
	}
	return names
}

func texts[T ~string](values ...T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprint(v)
	}
	return list
}
