package crm

// The names of the account's settings that more than one room goes by.
const (
	// SettingWorkingHours holds a WorkingHours.
	SettingWorkingHours = "working_hours"
	// SettingWebhookSecret holds, sealed, what signs the bodies of bots' webhooks.
	SettingWebhookSecret = "webhook_secret"
)
