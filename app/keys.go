package app

// keys are derived from the installation's secret key, one a purpose.
type keys struct {
	// store seals channels' tokens and signs visitors' tokens and file addresses; payloads encrypts what Temporal keeps.
	store, payloads []byte
}

// payloadKey encrypts what Temporal keeps; nil if it need not.
func (c Config) payloadKey(k keys) []byte {
	if c.EncryptPayloads {
		return k.payloads
	}
	return nil
}

func openKeys(c Config) (keys, error) {
	secret, err := secretKey(c)
	if err != nil {
		return keys{}, err
	}
	var k keys
	for purpose, to := range map[string]*[]byte{"store": &k.store, "temporal payloads": &k.payloads} {
		if *to, err = subkey(secret, purpose); err != nil {
			return keys{}, err
		}
	}
	return k, nil
}
