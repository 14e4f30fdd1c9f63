package steps

import _ "salesbot/db"
import _ "math/rand"
import _ "go.temporal.io/server/schema"
