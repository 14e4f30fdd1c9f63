package postman

// LookAt sets how many conversations a sweep looks at.
func (p *Postman) LookAt(conversations int) { p.batch = conversations }
