package activities

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

func TestAddNoteOnceWithPlaceholders(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.does(s.AddNote, crm.NewNote{Target: crm.TargetMainContact, Text: "{{contact.first_name}} said {{message_text}}"}, bot.Values{"message_text": {"{{lead.name}}"}}, nil)
		s.does(s.AddNote, crm.NewNote{Target: crm.TargetLead, Text: "{{lead.price}}"}, nil, nil)
		var notes []crm.Note
		s.change(func(ctx context.Context, tx *db.Tx) error { return tx.NewSelect().Model(&notes).Order("id").Scan(ctx) })
		require.Len(t, notes, 2)
		require.Equal(t, crm.Contacts, notes[0].EntityType)
		require.Equal(t, "Ann said {{lead.name}}", notes[0].Params["text"], "a client's words are no template")
		require.Equal(t, "1500", notes[1].Params["text"])
	})
}

func TestAddTask(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.does(s.AddTask, crm.NewTask{Text: "Call {{contact.name}}", TypeID: crm.TaskFollowUp, DueSeconds: 3600}, nil, nil)
		var tasks []crm.Task
		s.change(func(ctx context.Context, tx *db.Tx) error { return tx.NewSelect().Model(&tasks).Scan(ctx) })
		require.Len(t, tasks, 1)
		require.Equal(t, "Call Ann Lee", tasks[0].Text)
		require.Equal(t, s.lead.ID, tasks[0].EntityID)
		require.WithinDuration(t, s.Store.Now().Add(time.Hour), tasks[0].CompleteTill, time.Minute)
	})
}

func TestChangeStageByIDAndByName(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		stage := crm.Stage{PipelineID: s.lead.PipelineID, Name: "Négotiation", Color: crm.StageColors[0]}
		s.change(func(ctx context.Context, tx *db.Tx) (err error) {
			stage, err = tx.CreateStage(ctx, crm.Actor{Kind: crm.BySystem}, stage)
			return err
		})
		s.does(s.ChangeStage, crm.StageChange{Stage: " negotiation"}, nil, nil)
		require.Equal(t, 1, s.rows((*crm.Lead)(nil), "stage_id = ?", stage.ID))
		s.does(s.ChangeStage, crm.StageChange{StageID: crm.StageWon}, nil, nil)
		require.Equal(t, 1, s.rows((*crm.Lead)(nil), "stage_id = ?", crm.StageWon))
		for _, wrong := range []crm.StageChange{{Stage: "Nowhere"}, {Pipeline: "Nowhere", StageID: 142}, {StageID: 999999}} {
			_, err := s.ChangeStage(t.Context(), s.next(wrong, nil))
			requireRefused(t, err)
		}
		require.Equal(t, 1, s.rows((*crm.Lead)(nil), "stage_id = ?", crm.StageWon), "a refused change changes nothing")
	})
}

func TestEditTags(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.does(s.EditTags, crm.TagEdit{Target: crm.TargetLead, Add: []string{"{{origin}}", "new", "{{json.nothing}}"}}, nil, nil)
		s.does(s.EditTags, crm.TagEdit{Target: crm.TargetLead, Remove: []string{"NEW"}}, nil, nil)
		require.Equal(t, bot.Values{"lead.tags": {"livechat"}}, s.facts("lead.tags"))
	})
}

func TestSetField(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.does(s.SetField, crm.FieldEdit{Target: crm.TargetLead, Field: "price", Value: "20.50"}, nil, nil)
		s.does(s.SetField, crm.FieldEdit{Target: crm.TargetChatContact, Field: "cf.PHONE", Value: "{{message_text.phone}}"}, bot.Values{"message_text.phone": {"+14155552671"}}, nil)
		require.Equal(t, bot.Values{"lead.price": {"20.50"}, "contact.phone": {"+14155552671"}}, s.facts("lead.price", "contact.phone", "company.name"))
		_, err := s.SetField(t.Context(), s.next(crm.FieldEdit{Target: crm.TargetCompany, Field: "name", Value: "x"}, nil))
		requireRefused(t, err)
	})
}

func TestMatchPattern(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		var found bot.PatternFound
		s.does(s.MatchPattern, bot.PatternMatch{Subject: "{{message_text}}", Pattern: `/#(\d+)/u`}, bot.Values{"message_text": {"order #42"}}, &found)
		require.Equal(t, bot.PatternFound{OK: true, Found: "42"}, found)
		found = bot.PatternFound{}
		s.does(s.MatchPattern, bot.PatternMatch{Subject: strings.Repeat("a", 40) + "!", Pattern: `^(a+)+$`}, nil, &found)
		require.False(t, found.OK)
		require.Contains(t, found.Error, "took longer")
		_, err := s.MatchPattern(t.Context(), s.next(bot.PatternMatch{Pattern: "("}, nil))
		requireRefused(t, err)
	})
}

func TestWorkingHours(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		var open bot.OpenHours
		s.does(s.WorkingHours, struct{}{}, nil, &open)
		require.True(t, open.Open, "an account without hours always works")

		// The day after tomorrow only, so that it is closed now whatever the clock says.
		hours := crm.WorkingHours{}
		day := s.Store.Now().AddDate(0, 0, 2)
		hours.Days[(int(day.Weekday())+6)%7] = []crm.Interval{{From: "09:00", To: "17:00"}}
		s.change(func(ctx context.Context, tx *db.Tx) error { return tx.SetSetting(ctx, crm.SettingWorkingHours, hours) })
		open = bot.OpenHours{}
		s.does(s.WorkingHours, struct{}{}, nil, &open)
		require.False(t, open.Open)
		require.Equal(t, time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, time.UTC), open.Begins)
	})
}

func TestCloseTalk(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.does(s.CloseTalk, struct{}{}, nil, nil)
		s.does(s.CloseTalk, struct{}{}, nil, nil)
		require.Equal(t, 1, s.rows((*crm.Talk)(nil), "status = ?", crm.TalkClosed))
		require.Equal(t, 1, s.rows((*crm.Event)(nil), "type = ?", crm.TalkWasClosed))
	})
}

func TestAHeldRunChangesNothing(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.change(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewUpdate().Model((*crm.Run)(nil)).Set("hold = ?", "stop").Where("id = ?", s.effect.Key.RunID).Exec(ctx)
			return err
		})
		_, err := s.AddNote(t.Context(), s.next(crm.NewNote{Target: crm.TargetLead, Text: "x"}, nil))
		var application *temporal.ApplicationError
		require.ErrorAs(t, err, &application)
		require.Equal(t, ErrorHeld, application.Type())
		require.Zero(t, s.rows((*crm.Note)(nil), "id > 0"))
	})
}

func requireRefused(t *testing.T, err error) {
	t.Helper()
	var application *temporal.ApplicationError
	require.ErrorAs(t, err, &application)
	require.Equal(t, ErrorRefused, application.Type())
	require.True(t, application.NonRetryable())
}

func TestReadValues(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.change(func(ctx context.Context, tx *db.Tx) error {
			source := crm.Source{Name: "Spring fair", CreatedAt: tx.Now}
			s.insert(ctx, tx, &source)
			_, err := tx.NewUpdate().Model((*crm.Lead)(nil)).Set("source_id = ?", source.ID).Where("id = ?", s.lead.ID).Exec(ctx)
			return err
		})
		s.does(s.ChangeStage, crm.StageChange{StageID: crm.StageWon}, nil, nil)
		values := s.facts("lead.status", "lead.pipeline", "lead.source", "contact.first_name", "contact.last_name", "origin", "company.name", "no.such")
		require.NotEmpty(t, values.First("lead.status"))
		require.NotEmpty(t, values.First("lead.pipeline"))
		delete(values, "lead.status")
		delete(values, "lead.pipeline")
		require.Equal(t, bot.Values{"lead.source": {"Spring fair"}, "contact.first_name": {"Ann"}, "origin": {"livechat"}}, values)
	})
}

// TestEveryNameIsAnswered: what lint lets pass, a run or the store must know.
func TestEveryNameIsAnswered(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.change(func(ctx context.Context, tx *db.Tx) error {
			facts := tx.Facts(s.effect.Subject, s.effect.ChatID)
			for _, name := range bot.AllNames() {
				_, ok, err := facts.Get(ctx, name)
				require.NoError(t, err, name)
				require.True(t, ok || bot.IsRunValue(name), name)
			}
			return nil
		})
	})
}
