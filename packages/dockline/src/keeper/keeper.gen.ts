// Made by `npm run keeper` from keeper.c. Never edited.

/** The sha256 of keeper.c when it was compiled. */
export const SOURCE_SHA256 = 'f767034a6ebcf11853ba2bc723d2fbc53ac9fc30d4c53a00dfd04f834c3d8344'

/** The compiled keeper for each architecture of Linux: gzip in base64. */
export const PROGRAMS = {
  amd64: {
    sha256: 'c4a49b09387e79537d6ea35adaa20fe8118114171faf3442c3aa805f728ad819',
    gzip:
      'H4sIAAAAAAACA61XfXAU5Rl/NsmGEE82kSBBM3jW7TQMU2Q7zDSxRHfxrj5nz1EH0E5FCx600DqgZM+PNk0O967y5jxkEKfadiwz' +
      'dTp2bDuOM20v2F42uZAQmEJMK2hHiVoqG49C1JLcJZinPu9dNFDb6R/df3bf5/vr/b37dgTDXy1TFJh5yuB64JUHplybJfptvk9E' +
      'wIQmKAcTVKiQsirMfswL3teW9GbeUFN8sV4lS5XoZoN5wXvm8YP/Ar3b/25vrIT//SmpgfEPFKfQOTnmTVUBGC6mbH0saAwHDRdF' +
      'QB/r5oCMYf7Op08CgKZiMqDnM+YqDXBLWB/zygHwGZyYRuVgFrcQMwyXLUitsaDhpq8BABTHULTpeUy16WOamjXczro5nb7K+LA9' +
      'B8ltOmSfNdymQ9peN2u4mNTMTiN1x1Bscu5D8/G7bjVqmWGkHhQaKkO5EanOulU761g99z4q+X6ALDqn/Va6GgD6A/pVgKmwfhWK' +
      'MWMYaTA0Meb0Lt9Zi+IDFP3oTM596CSKI96LRIROnz+7WhRC4v0M+Ezg8J3TJoq/oRjxdrFE5H0UA95PiCijSgmX161EFBZH+HMz' +
      'EaV5aDj1Ezgw8FMi0lR0+sy7siL/eergMvRizzuVyT3rG0xoPm7PSwzb1UiuZObeNobpaPuV2PNWJaZ2s4iT3sytT3OzUAsMoRjK' +
      'Wmss8c+1KD5a/bIU+X4V2Aswqf5oEQA23+iPVgXEuyhG6FV0sibumFrfsB6ir911t7UuGxKFZEcFRsYdUtrrJkaKvU5fz+YjZAxr' +
      'aijSPIvIlOxqS3wQEgVZkMiXSzXZM02UmfNpIb4zTRRKPdDI3/cwb67PBF7czozIJIoTXNQlr6HoTSvFUZKVse5MF6fM2l8FANYd' +
      '2POWXxo9bq211qxdjTtON9Zw6QL60zygu/lrX3oexzwQ0HeXmwpoatAYTl+tAKBzlKQhTWUxqysGAC+3sLDzJ7L+wL7Cqfv0p62M' +
      'pgBY3WUAUMw4LMbC4mxYTHPW33La9F+A3YJiCCNt+j72/HxYHNJUTLjt85IB/XknX2urjhfLrSrqG+MoXkO28I6U6vDYyLNg7yvu' +
      'rMai2H6Q2QxIGe2JbURkuLijj5PkJll3W/dY38zGOuohuqj/pnoFI+MYueHirsQ6Fkn+ov/At+6UuzBouNYdmUt8JsjZ/KSk65cD' +
      'iAWrF3IobXpVaVzFguBCpt+4UI4xqasWyk6JCh0T7iPXkXr1QoDRxyoAbk4F9Fbezn7uh98LnidCkcWEG7VWab8P6PeHlD5Gi5pQ' +
      'c1/bK5hcqZdCfB0AikVI2fp6th7Qa7gWuw6XcS9O5n7Oev5YE0R/a4k3nSml/ddiJFPrM8G7U7oZwIT78DPh1OP6+hqGsVJlidFI' +
      'eGFxRFNDoh/FmXS5BJ/3NPWWxLi2K0JEq/rjK1gLxDp9udWpxF3tqd6VjdpTbrzXVkPUk3svLA4Zbmd1fND2xQpLUAv0IvXmznCM' +
      'cT8R9QPs50EKpVbUWp2+Wmwee7AiPhgtMwZ3hutuQupFZ7I2+lag0yxDxy0PGsNWVwUUh7gRk2v0xth1oMWf4Ga5ndViAMWxWMGv' +
      '7XVjhS9qe3uQeqsORt8142SrKGy9kQvd6L09SWQ5hYqoTwT0FVYXnzG5Fy2noEpKk9XFp0DuWcspVErKSqtrDlMet5xCnb3AcgqX' +
      'R+dwEGbucot6Rh8gopDotboWAMAoV8eK5b+uxb8yLb++Ea0OOZOK9sOlvInFiLXjFANVWOQZo5Ixxp+Ea8+3mg/Y80KpmxSJYyEx' +
      'kHsjLCYZ6Zz9EsDsKzAZ1k1s7ry/wQQt/qRMXDzKzGSbvsJ7Y5KIR6ch2aav9I4UV1r81Y+BL/bwFaDFD4P0S+pzdQDs3Umzd9Di' +
      'fQpzJg23i5vKTjH1EvNQTPCE4Ycv8DiZmNq/s8EE8WPmDUjXimzJoxyT98sCUTKsrxRHvVuL7u1Kdh2tNIabD0crkmv0plLiYvdG' +
      'Np9coHMsqsTyw9pe8woUt/lJrawDGC2cJzKGZ019cRCPaepoSJEnbzKgV8VWNoKtIh3IjQXE2czlPOHRAlHQGCwN+XxMBSmc+pUc' +
      'dO5cfe4adPIf2nORBrTEnvNEpD4+nzfleaJgYlxLPCn3lx/gayn70hlsW3LIcIvYZYeVg8YgptZcCtg81PYFYzjEctj8antdOLlO' +
      'rwp2NswPNDXwpFBv7hQfUD25o0FjPFdpZSR+JsN6PTYfCIv3wtqtB/n8mziB4pXwktFQ86C260E+L1O+GqTeTp+x82bKvRM0xmfg' +
      '6NNKcLTxoSmi0c9NEyXVNy8DaKEbANobMDI1C9Ayc0uoNvrsNBG5Qn3pMoDRymki3NHHUDYLOFejmPKmJxlVnZZHLgOAjsXyR8Zb' +
      'N8HYMSK3ETPXMVPb696VtdZaMiwJjs7pekzOQSevaLuOKzzPBUx21KCTL4telVnMPWqZIOL55KPLu65AZAl39AV5/OQrot/L6CxU' +
      'XxJ6km0kLT/v4SpuYZVkhZJb6kUWxVnv9kkicaI7XmGCtzhP5LRkagGg3bejpb8WQFbkeJAj3s90LWEpjJOu07KH15b2MzeouKNL' +
      'i/4rtQQfhJmlHMPe8WIMWjGG5bNiYFZI9IWSVmOR4IxLBJehSsL28WKUljjg5OdG672/niN6mUtp/bGO4U/pG32MC9t77uNGKDKX' +
      '9ml2GP2L9xumNWfbDwXEmWJqN04QdfO/mffnc0S5V7zkOSI+HPyZ+QDQ/ZzMX/borNdS4Dr8jrd0xzHZ/+7Xy0zwpseLPdzN5lMV' +
      'V6IzVRfSbjmAxVLSRzLfxJFpIm9p0f4P9smp7Z5XboKXGSey5B9HKJK3uk7JwZo5/w/Kscydufb+7dsi14IfqkF+Qqu9wYZNWx/c' +
      'sn3bVrhv04bWzdC65dtbN9wHm7ZuBFjWurnV3m5vuBeW2ZsetmHZ9m0bN9gbYNm9ra3wf3gumXU3gFn3EK+0rr/kQnnlIv3aEu1L' +
      'MwRf6T4xcw+Bz9afeS8CAP6nKoeL7iW+i+4jn9xP/t1e+WfkNXP/WQz/Pf5/AREpIJ+QDQAA',
  },
  arm64: {
    sha256: '0d4d8d146bc0db2fea4ac68f388eaf577ec2b796a1b772d979970809547329f3',
    gzip:
      'H4sIAAAAAAACA6VYe2xT1xn/nXsdxwTjOiFgRtmSQKZSl9FutTVHmpSTRyldX9S4KxqVYpOw5QXMJNpoQ5XLQxTN7colAU8gSOi6' +
      'ilwJKdPoGnfdCH2NjVVrzWudBlwHSmlDN4UQqCn2mb/rG3AyJlXa/cPnnu+c73l+3/ed684HHlkkMYbxR8LroNlFcGPOTbrPeXML' +
      'OHyQwWFFnrE3D7kPnzA6TT7nTX5289c6Yb1qwjj+zELpBL4nPm5vsOKrP+Nqvw4lrstQfyahW4ISlxtX+MobV/g2AZ5qC9ROWFqC' +
      'QgRo1F09swflupPnZGgPMCUOKPEV4Mkq8IqyQTxRPgdFPeUIPwQEaF/Zet5FMlYASVjydo8J4SId87LyvSWNc32AFKG9cuNcH+1N' +
      'CuFKdfyhb0hmho6UDDVxCKo4hIpa27u7Nm3N210/iMJ5N0p852RJG5ItWmc5RuYLEfhUiGiq4+39JO+8DHeq4/d9F2SmMWBbGfeq' +
      'JEuvgXpWiOiG9bzrQmY01gJe9R9CRBOyVfu7EFFbvhIP2pXtiRqoRkygxC1Q4gw4nup415B/MX8inWgbgH7Jx7eX9UKtOf/ssfLG' +
      '+oFXyE8LwnaGAMWL9pWYMSV/q318O8WlFHKE2XisEgjD2bPrqhGHN/vI5tGlrK8L6G97GerYcqlvTIZ2VWbuYij+a3ciGQX6gwU8' +
      'BgZPqIgn9QKerASGNwCBhDzTrcvTtV6p8mS3FYVtElN75vLwhrQIjC6t6htbXt137U6eTHW8Y/hln7kxLuoXHA1ia/yiU4mXovdy' +
      'oh5qqgOGLUY8mBLX70CyFIOG/7os9cGMw+IpSnxIljVA2S6bNP0exPRNUOdPUeJVUOKTY6rXDT4DGR79HiWWeBuq5FTi+4WIlgAj' +
      '32II6PfzWEktwoOgGEqFqQ7eZ9ppYGdrqYHF7QxKfO4k2STDLkRAf3zwGf1L4Um8LakSNhrYfcnUseBLQWfj/0wI1wUZGuHmE5m5' +
      'yd/DmzcOEGZsNiX+w3G8PO1VHzPx8sg4rcGrPkS0GqhDMrRqsKP6et51O+zMz6f5f8fBWHMqccqb261JQV7xMuDN+OiXgqgAlNgV' +
      'IVzGWkPOWkN27XNz7WMZGiw8lskFN2HxUYZAquNQny7jYfIR63nXUNYfdy+UWKrj8P4zGUzSe1oIF1u8NS5q8GGC9V7eb79lN9az' +
      '3Vn7lLiQQfJUslXUQCW9xDPfQRhS4gl5Yi6JTvTR3qF83ofFW+M6671MfGX2wV14TolzC3aTjMsZ2xWgP59DpbxkNp7MlVNmgcps' +
      'SFK+GufQ6lXFena3cCJG8pVpX7xud24xMB0B+v8lQ2vZdwvPlFuUU5RHuuzQErKk7s8nHzdOiP+/ZWiElffLEBitkdRphk+S2vso' +
      '1FIgos8jfqbG0iL6qQwtOB0H9Xk8CfAKTIf3kjzFXZmH8IEiBHR5ituwdbNXPZkWUcKcXvjF68y5MX6lviySkIu1oU4l/klaROns' +
      'dNmqtQkRPZTJhwNOBIbkYq2n+Zu+T5cixsErMnaFE/k9s0t6Edbze2ZXAs1VVtIjacyIFa+QrfAeduAgnUUlUFHTGDRqfC0QqYRl' +
      'uF7pmX2+hqkWWCKwQN30NCoyOTdyOC0CbhuvsFGs7VC3QPEn7kJSv4snWabu78uDJ6PDTz1BKua+8zJz1ykIJ1w9s+sOIjzk6pld' +
      'BsnNhPDWAp5zxDuPqWvSInrWifBhhsCrUPz6U4gNC+HSbTyW0V+o2xCj86ca+SchXJ2vIFzmVHaRbX8VwnW2GGGqb+8R73LE/km0' +
      'WVnaBaLVIXaKaEsQDloQOLsM4YRMtQTJuhALB60I1DWxsDSl6voUKwKlFXx7wflnj4WamgdCgKeHsRaW2R9kBUZdPgx4JBtPJu7n' +
      'yTqw4UEHAiU2xPSneGxjWkQH8/GaXsdjnWkRDQIH0cgrSvPhtUOJFwDF71lQ+FshXBdlaK9Kir9fCBf5Ah/fnsk91wt5UHlzq29Q' +
      'CO9NfPzSqz5mYkBhX/yuxIPfWGZVvUE+5sYp2Lxq3QGGyCF2x3DLsAhkapMrmocPrVDiM7E5/pZkPbpBskZ0OU/zp7M174AVgcNA' +
      'hHJJYVKE+oVmQWAGFH/G92HC2IX4hl1UJ8/J1qNngeFWCwKvpYSH5PwtLaJP3hAevbvqbsMOO2LBpuaBoAVevZjHEuJ5fwlYywEZ' +
      'gdLneNevLSgsY4r/CPnjROyY6X8PwzDVo3cag76a5qCvB3ILN3tjpie7tkhShGygfhgSIuCF4s/0aFc5JAOnmxvrfbXF8BGNbP8o' +
      'K7dQLwbF5/EQK4hkMO8vBQ6U0nndz5OlNiT5PspbdiDIEEn8iqlNTe6Bj1Ii+nEdj2X8c0/LOccg4K1keS37qBct57FmVhChOc9D' +
      'jO5EvAkVOniSFyKpO81zcSK2i2yB4qcaTbWFcGL0LueWeG7vHe9jqY4/Tuz31VCvyNAOkS1FPEZ53soQoBzenaHpcrE2kLNGtpDc' +
      'VMdbRp8h3TeofoMnKy0YWVVEdZ/uRNCMum/jydz6V2nDSIIhYGBvwKuuT4koiuD5MiWieet5F537kam37110b6t0YiRkMfk/8Kqt' +
      'xO+E55RS1TcD2EY+veYvUskv3awDq1IimvHRfVU879dll7bZ8GuGlqmB7sGUiAYdWd9ezGA+OJPeZ7a8nxbGe+Z8PDDPnO4/RgxO' +
      '9czGupKlx8meWRhhdtOeS151ccYeZSo8J5SqvnH9j6ZE9BMZ2jUZ7sFinhynP5i1SxucdYtWnRLRURmaKEe4TEJgJrCN7l6L0iJ6' +
      '8q0itU1C5Fo1VI9xJ5qhvSBEVJfgof4FDpUV89iG68ILG4+dEMJF/N8lXn+R2i0hQjydQkR5Sni/ncnTHgnDn98QgYTscuvyTI3O' +
      'gzMlPictonRnnJ8W0U4Jw58BgTIo/sy1fhv0O9S1KRElzHdRzkiKn3gpziR/AcU3J6YuU8Zf0iJA+WnIuG+6Gkpl8cXSIqpc7zzW' +
      '48dIt6TEi/u7d/2Z4g3F/1UwQfvCQrju/cnaNfX3ohQFMF7R1h5qx8rVP21au2Y1WleG2hrR1vTj1aFWrFzdcOv7hD3rh2XdN9id' +
      '9hKDNgvAslEh5ud8xywA0DoqxPdyaPSV1T0qRLlJmwPj8ohXRoWoJUKV47491r15j5857RhfbwdwZFSIIBGqHUv2FOyd8qS5TjK7' +
      'AdiuCFGco2e/SVti0siWNwHUXhGiPauH77Htza/usnbn1eyw7JRro5L/zOlTJ04eO+6A8RV3KSNj6xUhjE+5akd/2QN7dlr27rCs' +
      'LDh9xoGqqWSbkwENY0I05Nj2gxzb7mPA/jEh5uTYVsuA/km0ZQwYmERrZcBgDo1GhQFHxoQwvlYXOZx7pL3sQVMf+d/LgItjQviy' +
      '9jgfdmTpAwywXb0ZY+cjDmAZgA8Y4LkqxCULgKUOJVS7Z5t970v22q5f2LtftO94wb4zYo/+3C6FHDh2/MTJU6fP1DqU0KTVLI/0' +
      'xukz4/Gj810gAe9cF2JZVmfpHsteubpL6mZLCs6cpl1VU0HYCEjAletCbJYoONkYLuqydefvsO7Mi1qkyE3V33csuUWnbcDCtsa2' +
      '9rXtoRVY2L5yXTsWrl3TEGoPYeHKxrofrQ2tWomFK9ra8P8+U3P+A0DO/w0XzXmjfeJ+yyT+QpP/O+Z8yTRujtn5vZP2s0nj18x3' +
      'yZwrJr9i8m+TJvLbJsmbZ9JkTP7/YvL/FrfnZzm8E/6vMPnn/w/7x5//AMFla2u4EQAA',
  },
} as const
