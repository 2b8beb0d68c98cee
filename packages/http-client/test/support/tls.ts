import * as Effect from "effect/Effect"
import * as Https from "node:https"
import type { AddressInfo } from "node:net"
import { certificate } from "../../../../tools/certificate.js"

export const certificates = {
  /** A valid certificate. */
  trusted: certificate,
  /** Valid from 2090 on. */
  notYetValid: {
    cert: `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IGF1
dGhvcml0eTAiGA8yMDkwMDEwMTAwMDAwMFoYDzIwOTkxMjMxMDAwMDAwWjAUMRIw
EAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAToAbfE
oUGE4ni+c6O8Q6/yyRg80WlrxwG64VNW1Qjcsn0GtFQa4xgYqtOnGs3J3kvQr+tR
czlL1Qd4Fq94Ivumo2kwZzAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCQYD
VR0TBAIwADAdBgNVHQ4EFgQUasTgb7EUtSCvPrGFvjhygy6miU4wHwYDVR0jBBgw
FoAUkmimCPWO1DCZjXCNrLVWtmGdo7swCgYIKoZIzj0EAwIDSQAwRgIhAJ7xMQtB
jkRqpcBQ2rN+nD95iSVxbL1oSjqgsazy7XkjAiEAlknwua3tmmU1EwW2287oagMd
hHaEVMN+fx/nr+KhOz8=
-----END CERTIFICATE-----`,
    key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIAQXwgJ5CxJIsj2cgqVTzpKjAsBTNyoJciFi62r13zrYoAoGCCqGSM49
AwEHoUQDQgAE6AG3xKFBhOJ4vnOjvEOv8skYPNFpa8cBuuFTVtUI3LJ9BrRUGuMY
GKrTpxrNyd5L0K/rUXM5S9UHeBaveCL7pg==
-----END EC PRIVATE KEY-----`
  },
  /** Issued by a certificate that is not a CA. */
  notByAnAuthority: {
    cert: `-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUcqTpsAMTk8bgkR23iPzkQ+hIyg8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzIwNDExMFoYDzIxMjYxMTAz
MjA0MTEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQMwDfirKNc4eWmgIhWBnGb1QqYQeBNUIT2Uh4liKfx6drtdu1SipNV
yYwlutPJ5DRpiG87Yl4GccOfQX0mdeSBo2kwZzAaBgNVHREEEzARgglsb2NhbGhv
c3SHBH8AAAEwCQYDVR0TBAIwADAdBgNVHQ4EFgQUOD+fL8BDdC9iUkyGT0uWQDFM
vN8wHwYDVR0jBBgwFoAUTqBYcIbVdLXPM2ms5yaNB+tXnQkwCgYIKoZIzj0EAwID
RwAwRAIgS2h5WKv2Zr+F+FX1jbXBi1W33IXKxr9aM6WJO4PN8k4CIAe5kPbX/0OT
7kLPISA1/FAZpYiXt4hoIJaZ7xGk1fM5
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIIBmzCCAUCgAwIBAgIUVt8e5z+QECXlM9tfJXGsPGRgPSIwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI3MjA0MTEwWhgPMjEy
NjExMDMyMDQxMTBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
CCqGSM49AwEHA0IABBflRcYb4gEBiP3azmeEeW+tvWGXFP8s1+oxML5VZuGWIydw
5O//WEo2SGg+58oASGMqtUtzuPJml7WIGG4xZMqjaTBnMBoGA1UdEQQTMBGCCWxv
Y2FsaG9zdIcEfwAAATAJBgNVHRMEAjAAMB0GA1UdDgQWBBROoFhwhtV0tc8zaazn
Jo0H61edCTAfBgNVHSMEGDAWgBSSaKYI9Y7UMJmNcI2stVa2YZ2juzAKBggqhkjO
PQQDAgNJADBGAiEA+aE6XOGSXjp2qAUgu2UeBGUr6kdvQouHPggRmMgeYnkCIQCb
ARI4w2KsK2JhEybouNN+WlmGDVqSIp+suyFt05PuwQ==
-----END CERTIFICATE-----`,
    key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEICA4xCC1NpKEe/DaTi1HHX3IX4yt1jmu8eMYvxf0mkJZoAoGCCqGSM49
AwEHoUQDQgAEDMA34qyjXOHlpoCIVgZxm9UKmEHgTVCE9lIeJYin8ena7XbtUoqT
VcmMJbrTyeQ0aYhvO2JeBnHDn0F9JnXkgQ==
-----END EC PRIVATE KEY-----`
  },
  /** Has an RSA key of 768 bits. */
  weak: {
    cert: `-----BEGIN CERTIFICATE-----
MIIBvjCCAWOgAwIBAgIUVt8e5z+QECXlM9tfJXGsPGRgPSQwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI3MjA0MTQ4WhgPMjEy
NjExMDMyMDQxNDhaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDB8MA0GCSqGSIb3DQEB
AQUAA2sAMGgCYQDY5rA5PpMDuUKDzp7FQFHS+5Y8vTusD/SdNdQjthcN2ChJE9ql
hvMS9SIqEk5AoFaTucG7Pik1zylOHwF5aSNLp0+znj2u5T5S30fOfQgpneSQ7AWt
72VdTCubtL+W5GMCAwEAAaNpMGcwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAAB
MAkGA1UdEwQCMAAwHQYDVR0OBBYEFOdUmcRXpnVfE4OjVwEcwhF01NfeMB8GA1Ud
IwQYMBaAFJJopgj1jtQwmY1wjay1VrZhnaO7MAoGCCqGSM49BAMCA0kAMEYCIQDO
eXB409DxjreWOG828e4XA21Wu1Qgzw701AyENjI7fQIhAN9g7rASttMrW1auZCIp
FVCeS6bW7btrZKfJPHpWD7b4
-----END CERTIFICATE-----`,
    key: `-----BEGIN PRIVATE KEY-----
MIIB5AIBADANBgkqhkiG9w0BAQEFAASCAc4wggHKAgEAAmEA2OawOT6TA7lCg86e
xUBR0vuWPL07rA/0nTXUI7YXDdgoSRPapYbzEvUiKhJOQKBWk7nBuz4pNc8pTh8B
eWkjS6dPs549ruU+Ut9Hzn0IKZ3kkOwFre9lXUwrm7S/luRjAgMBAAECYAmOB/9N
kV5dn998j6Py1Gft601brLBEt6rhPyofkF5swkGN3VjjW/vezpV53vab2X+7b+8V
cxCDbLEB/x2Y3ag+fYRqRkkR2lH636FkQboOXfFELu8sgQHl1iX1Kr90MQIxAPU0
e3TIu8hmr2F/ChsCLl9kWSh/XBet/aGWTxp+Ba8taxwJhZmP/KeTDmU9RP55CwIx
AOJzNvoqZYnq5YkShXWi4Jtg3f1C/3FtwJMHvhEGRTi5XTPJkLfvqh18Gk4Gn7HJ
CQIxAOKuU/tQnxjSpQuyz/rL92bEdBAWPWK+vJynQhWxrzuU91ICE3o1PFMGheZd
z+yYpQIwbmoFLXeMqPHK18obHt+7KqfRtdJ8IP+FvWsyBrUK/XyMcFrg4H7QcK35
WYArT5GZAjB8kyNuTx/PEwiyTkNVTGbMMFUT/JYjfF0uVqNUg9wggAcWFuyyohgb
qaJdv3hKTk4=
-----END PRIVATE KEY-----`
  }
}

/** A TLS server that answers each request with the same JSON, for the lifetime of the scope. */
export const serveTls = (options: Https.ServerOptions, body: unknown) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly server: Https.Server }>((resume) => {
      const server = Https.createServer({ ciphers: "DEFAULT@SECLEVEL=0", ...options }, (_, response) => {
        response.writeHead(200, { "content-type": "application/json" })
        response.end(JSON.stringify(body))
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ url: `https://127.0.0.1:${port}`, server }))
      })
    }),
    ({ server }) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
