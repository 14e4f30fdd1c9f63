// Package samples holds bots to begin with, as the files that "salesbot bot" reads. They name stages by name, so that
// they fit any account whose pipeline has them.
package samples

import "embed"

// Files are the sample bots: welcome.json, night_shift.json, order_status.json.
//
//go:embed welcome.json night_shift.json order_status.json
var Files embed.FS
