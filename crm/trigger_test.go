package crm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
)

func TestTriggersCollideWhereOneEventMatchesBothAndOneBotIsLaunched(t *testing.T) {
	t.Parallel()
	kinds := []crm.TriggerKind{crm.TriggerTalkStarted, crm.TriggerMessage, crm.TriggerNoBot, crm.TriggerStageCreated, crm.TriggerStageMoved, crm.TriggerStageEntered}
	collide := [][]bool{
		{true, true, false, false, false, false},
		{true, true, true, false, false, false},
		{false, true, true, false, false, false},
		{false, false, false, true, false, true},
		{false, false, false, false, true, true},
		{false, false, false, true, true, true},
	}
	for i, kind := range kinds {
		for j, other := range kinds {
			a, b := crm.Trigger{ID: 1, BotID: 1, Kind: kind}, crm.Trigger{ID: 2, BotID: 2, Kind: other}
			require.Equal(t, collide[i][j], a.Collides(b), "%s and %s", kind, other)
			b.BotID = a.BotID
			require.False(t, a.Collides(b), "a bot is not launched beside itself anyway")
		}
	}
}

func TestTriggersOfDifferentPlacesDoNotCollide(t *testing.T) {
	t.Parallel()
	narrow := map[string]func(t *crm.Trigger, id int64){
		"channel":  func(t *crm.Trigger, id int64) { t.Kind, t.ChannelID = crm.TriggerMessage, id },
		"pipeline": func(t *crm.Trigger, id int64) { t.Kind, t.PipelineID = crm.TriggerStageMoved, id },
		"stage":    func(t *crm.Trigger, id int64) { t.Kind, t.StageID = crm.TriggerStageMoved, id },
	}
	for name, at := range narrow {
		a, b := crm.Trigger{BotID: 1}, crm.Trigger{BotID: 2}
		for _, c := range []struct {
			a, b    int64
			collide bool
		}{{0, 0, true}, {0, 5, true}, {5, 0, true}, {5, 5, true}, {5, 6, false}} {
			at(&a, c.a)
			at(&b, c.b)
			require.Equal(t, c.collide, a.Collides(b), "%s %d and %d", name, c.a, c.b)
		}
	}
	a, b := crm.Trigger{BotID: 1, Kind: crm.TriggerStageMoved}, crm.Trigger{BotID: 2, Kind: crm.TriggerStageMoved, Alongside: true}
	require.False(t, a.Collides(b))
	require.False(t, b.Collides(a))
}

func TestOfTwoTriggersOneGoesFirst(t *testing.T) {
	t.Parallel()
	order := []crm.Trigger{
		{ID: 9, Kind: crm.TriggerTalkStarted, Priority: 7},
		{ID: 3, Kind: crm.TriggerMessage, Priority: 1},
		{ID: 4, Kind: crm.TriggerMessage, Priority: 1},
		{ID: 2, Kind: crm.TriggerMessage, Priority: 2},
		{ID: 1, Kind: crm.TriggerNoBot},
	}
	for i, first := range order {
		for j, other := range order {
			require.Equal(t, i < j, first.Before(other), "%v and %v", first, other)
		}
	}
	require.True(t, crm.Trigger{ID: 1, Kind: crm.TriggerStageEntered, Priority: 1}.Before(crm.Trigger{ID: 2, Kind: crm.TriggerStageMoved, Priority: 2}))
}
