// Made by `npm run keeper` from keeper.c. Never edited.

/** The sha256 of keeper.c when it was compiled. */
export const SOURCE_SHA256 = '1407773f130fd8753396d770beb42f8b9a717554c124c3de0c8a6fa5b95d5e9b'

/** The compiled keeper for each architecture of Linux: gzip in base64. */
export const PROGRAMS = {
  amd64: {
    sha256: 'f6f03a5422d87f7ce66ab48bb9063f09d7aef3686ac4ab769ad25df21d0e9c4a',
    gzip:
      'H4sIAAAAAAACA61XfXBU1RU/L8mGECIvkSBBM7K2zzZMK/IsM2Y7oO/R3XrWLlMdvjqilrjSQrWg5K06Y5osvk3LzbrIUJyx2qHM' +
      '1LbO2Ok47R/dgG5esiEhMALuKOpYDVJqXlwK8SvZ3WBOPXc3Gqjt9I++f+675/uec+7v3tsRCH23TFFg+iuDm4BnLhhybpToTTWf' +
      'i4ABzVAOBnigQsp6YOZnXDR6SnrTI9QWB9arBABvie5tNC4apz8veC/Su/0f1r2V8L9/JTXQ/4liBO0zY+7pKgDdwYSljQX0TEB3' +
      'UPi1sR4OSM/wfy55BgBUD8b9Wi5lrFQBt4S0MbccAH+FE1OoHE7jFmKG7rAFqTUW0J3kVwEAxUkUbVoOE23amOpJ605X/ayumspY' +
      'xpqF5DQfsc7rTvMRda+T1h2Mq0aXnlh3IlqY/fA8vM+pRjWVQepFoaJyIjss1Vm3amc9q2c/QCU3AJBG+6zXTFYDwIBfWwSYCGmL' +
      'UIzpGaSh4MSY3bd0Zx2KD1EMoF2Y/fAZFMfcF4gI7X5verXIB8UHqZNzDODw7bMGir+jGHZ3sUT4AxSD7jNElHpLSjg8byWikDjG' +
      'v5uJKMlNw0t/BwcHf01EqgftfmNDWuSupQ5OQx/2nq6M7zEaDfC9bs3tzFjVSI5kZt/VM3S8/SrsPVWJid0sYieRS5/kYqHqP4Hi' +
      'RNpcY4qP16L4dPVBKfJoFVjzMe7ZthAAfd/xRqr84j0Uw/Qa2mkDd0wajRsh8saGu8w700GRj3dUYHjcJqW9fmK4WOvkTWw+THpG' +
      '9QTDvhlEpqRXm+LDoMjLhIRvLOVkzxRR6u0vEvGTKaJg4sEm/r+becNzDODJ7cwIF1C8w0ld/AaKvqRSbCWZGXN9sthl5oEqADDX' +
      'Ye8przT6urnWXLN2Ne4421TLqfNrT3GD7ua//cm5HPOgX9tN9CmpnoCeSV6jAKB9nKQh1cNiZncUAA6uYGH7ZTJfZF+hxP3aU2ZK' +
      'VQDMnjIAKK44JMZC4nxITPGqf2S3ab8HawWKExhu0/az5+dC4ojqwU6nfW7crz1n5+osj+1GsyuL+vo4ijeQLZyWUh0uG9kH1v7i' +
      'zmoqih0AuZpBKaM+sY2IdAd39PMiuUjmXebd5g/T0Y4GiCwcuKVBwfA4hm++tCrRjoWSv/A/8M31chcGdMdcl3p3jgGyNz9P6cal' +
      'AGL+txZwKG1aValdxfxrF8gGJo93gayRqNA4zJ2PVgBgfLlWcvMmABQXkrC0jSzn12pZcFdNOefzzK0Jv9bKu93LLK/7tQtEKNIs' +
      'Enu5jG35NW+0GdROroAp3rYnFXXXX8oAxHBqZI4B7k+lxqD0/kwZV+1xbWMtg1Ypj8TYI9yQOKZ6gmIAxblkuYSa91XPqs5xddem' +
      'MoCVA7FlrAXiTm2p2aXEHPXJvuVN6pNOrM/yBKk3+35IHNGdrurYkFUTzS9G1d+H1Jc9J0P9ShnAAMABbptgYlmd2VVTh76xhypi' +
      'Q5EyfWhnqP4WpD60C3WRU/4uowxtpzygZ8zuCii2bBPG12hN0W+DGnuCS+N0VYtBFCejea+614nmr1P39iL1VR2OvGfEyPKgsLQm' +
      'zluT+1GByLTzFZEa4deWmd18omRfMO28R1KazW7G/Ow+085XSspys3sWUx437Xy9Nd+081dEZnEQRvYKk3pHHySioOgzu+cDwGiY' +
      'iMxo7gdqbAU3RjR3R6Q6aBcU9efXKQBBMWzuGGFYCokcI1I8ymjT6VjzTN8ha24wcYsiUSsoBrN/C4kC45p9QMKVdSXGQ5qBvq7b' +
      'Gg1QY7+UCxePMTPepi1zzxWIsNOJNMbbtOXuqeJMjZ39DOaij1wJauw0SL/k2VMPwN7tJHsHNfaSwpyC7nRzUdkpJv7MPBQT3Iv4' +
      '0fPcWgYmDmxuNEA8zbxB6VqRJXmMY3IP5oniIW25OO62FN1blew6UqlnfEcjFfE1WnNp4WK3n83H58/lWDwSuY+qe40rUdzmJc/H' +
      '8wBWqn/1aw8ElX52XRv09auPX7hANHr0ApGembFtiv15UvWMfkORx2/cr1VFlzeB5UE6lB3zi/Ops9z8D+SJAvpQsf8f+Q0mAhRK' +
      '/FH2Pxe04QDfAL6XsC6bxq7FR3SniE2PhpTD+hAm1lwG6DvR9nU9E2Q59L3WXh+K36lVBboa5/mbG7k3qC87wgdQb/Z4QB/PVpop' +
      'iY/xkNaAvkMh8X5I/f5hPt8m3kHxSmjxaNA31K5ioqYWqa+rRt95K2XfC3SOq7H7iChbHtDHp1Hni7Uyv3PJFNHoq1NEcc+xywFW' +
      '0M0A7Y0YnpyBW6nZJfAa/d0UETnC89vLAUYvmyLCHf2MWDPwcTWKSXfBJIOnvWLr5QDQcbW8r7iRCQaOYbdQKDJvZ6a619mQNtea' +
      'MiyJgfbZBozPQjunqLsGZMfnMd5Ri3auLLIo9TFXYd0EETfmHxQAd3WeyBTO6NPylMlVRO5IFVhILwk9xjbippc3b9XB+tL+r3K/' +
      'OUG0Kt7SIA6FxIi7qUAkzvXEKgxwb8gR2Sv+VMfhxW5QAOho5K3RxUX7lWrnUgUgpdQY4L48XvRxddHHUumjaJ5ZQdEfjJtNRcKL' +
      '4xJpZSiS8DxLxLc0mOKQnZsdaXDnjRMd5FSZL3GYQaV/9BecuMlPPku0kkZx3t03xQ4jr7ojTPOl24/4p6NumyDq4SuWWzNOlH3F' +
      '7f+EKOjrb/Om5gFAz7MstF7W4Lz7UJ6XeJT3asdJWd+eN8sMcG8s1WiIzScqrkJ7sj6orjrER4Q47y4qur/G3Vy0/bNnZWP2zC03' +
      'wJ0cJzLlpSFbF+ACt7F5U93rBBQnGM6Z3SOyj6ZP9cOyC7Pnrn9g+7bw9eCFapC/0Gq1WLBp60Nbtm/bCvdvamndDK1bfry15X7Y' +
      'tPVegCWtm1ut7VbLPbDE2vSIBUu2b7u3xWqBJfe0tsL/5Zsz484PM94Xbml+rvpieeUS/boS7YbSnK+uxbE4vx6+XH96XAgAfFcq' +
      'h0veGzWXvDM+f3f8u73yL1nX9Lvmavjv8f8LwT3zUWgNAAA=',
  },
  arm64: {
    sha256: '0a11d417e8f8b3e9b4a9cff3e989a6d9d310a5378da4fcd0f8700a82fc667100',
    gzip:
      'H4sIAAAAAAACA61YfWxT1xX/3XftxAQnODRgoN3iQKpSl1K0OpIzVfjmo99FUPO6IrEpDoE1hI/OJOooocoD2g7NdM1LApagkLRj' +
      'VWwJqZqowGpXQrtWVdkfraG06gY8B0ppQzelCaEu2Hc+zw44WSftjz0puX7nnu/7O+fe+zruf+wBhTGMPwqOgN4uQZjvIkf/eNoN' +
      'Fgh4wSFQAKvJa0X+IyaMB3NyB2/Isxv/CwD05+j902omjOPPLLgmyD3+ZdvqAvzvjyM3/gRa3ODQNyjoUaDFefMqb2XzKu8OwFNr' +
      'gd4By7qAlCqNhrN3zgBvOH2eI3o/0+KAFl8FkayBqK4YwOOVt2F6byWCDwMq8VVsFd2kYxWQhMW674qUTrIxL6u/qrx5rhdQQsTL' +
      'm+d6iTcppTPV/pfIIGemjRSHnjgGXR5Ddb3t/b07dlr3NQ2gdN71cu95rkQHuSXaUYnh+VKqX0sZTrW/10/6LnC4U+1vRS5yFmVA' +
      'Z4XDo5Muow76OSnD27aK7ouZ0Zyr9OhfSBlO8ILo51KGbYVaPGDXuhJ10M2cQItboMUZcCrV/r6p/1LhRDrRtgGdild0VcCn113Y' +
      'crKyuenoQYrTgqCdQaV8EV95LqcUb61XdFFeXOAhZhMxHxCEo3fvmJmHtyPk88hyFukGOlsVn35lpRK5whEd48xdBs1/9VYkw0Bn' +
      'oEjEwOBpnC6SxukHkz5gaBugJvhMt8FvifYpvtM9BShtVZjeO1cEt6WlOrK8JnJlZW3k6q0imWr/qxmXfeb2uGxacEKgr+uSQ4sn' +
      'mrI5SLXD9IWzbMzGNCRdGIgbXIkgl4OHpmjxQc6jgNbFczTjLsSMHdDnT9HiNdDik/NpNAw8Cw6PcZcWS7wHXXFo8YiU4XJg+G4G' +
      '1bhXxMrrERwA5U8pTbWLSM5HEzc7XSYOuxi0+NxJukmHXUrVWDrwrHFNehLvKbqC7SZuO3M2FlyTtC7+b6R0XuSIEma+4sxNsR5/' +
      'fvtRwovNpsVXjmNlgUdfmsPKknGax6M/QrQ66IMc0VqwE8ZW0f1juJlfSO//mQdzzqHFqWZ+bE4JiOrXgKpMjH4lgGpAi41K6TTn' +
      'VufNrc7OfZub+5IjCouIZerATThcwqCm2o9FDI5HKUZsFd2D2XjcfdBiqfbj/WczeKTfaSmd7KGdcVmHTxKs77t++02/sZXty/qn' +
      'xSUH6dPJV1kHneySzPwSLe6CFk/wiXUkOxAh3sFCEcFDO+MG6/uO5CrsA3vxnBYXFuwjHd9lfNeAzil9i3WqSXbqwWS+ngoLdHaq' +
      'MEm1aq7DfR7d9xy7k3SLyu+P2B0vmlgOAZ3/5IiuYz59HMdUU1RLVD8GL4kmuKL3F1J82yfk/l8cUcLJIRfUkTpFLzbjUfS+JdBd' +
      'QMiYR/JMfystw19xRI3ZOGzME0lAVGuzUXWZF7qlBcG7Z0M1eKHb9FP16J+nZZjwFpj1/RHm2B4fbaoIJXhZdLBDi3+dlmFaN4MX' +
      'RNukDB+jWnBCHeRl0d6W271fLUdMQFRn/AomCnvnlPchaBT2zvEBLcetZEeJMjNPonqHFVU1M3CY1sEHVNc1B8zeXg+EfLAMNWm9' +
      'cy7UMd0CSwgW6Dt+iepMvQ0fT0vVbRPVNsqzHfqL0PyJO5A07hBJRv3eCk/Ghp/2AqVMeC9w5m7QEEw4e+c0HEZw0Nk7pwKKm0lZ' +
      'VQ94zpPsPKYH0zJ8zoFgDYP6OjS/8SRiQ1I6qReekNLZcRDBCoe2l3z5WErnuTIEqY99QLwrETOINitLu0i0BsT+TrRlCBo2qOdW' +
      'INhoo76BZEMjCwaKoTasZUFlSs0PU4qhGl7RVXRhy8nGtS1HGwFPL2PrthVCDbAis/8eBzyKTSQT94pkA9iQxqGW2xAznhSxnWkZ' +
      'HgDeNBpE7IW0DLum4jCaRbVRBI9rRs2dGZ9LXVMQC6xtOSqK4YEFSxtZUSiTe78LOOQiPfeKpMuGpHiV8MMOBRhCiT8y/am17qPV' +
      'tO4NImZwq3tDWoYDyOoPAFUS1nU1dqjGShFrYUUhehdWxGhPFmtR7WIiKUqRdBWLmOlHMWILgLIPLCjtltJ5iSP6uqL5M33PSbmF' +
      'V3S9I6VzlxW6aFnvHZCy6gY+mz36onF88u+PhK34xAotPhPPx99VrCe2KdYQYdOXzvbQQ1aoDNYQ1abGlBDtPVEOdQY0fya/Q4Tb' +
      'L+Pb9lLfPc+tJ44BQ+s51DdT0kN6qHZmjMmqQMuGzYcYQsfYtKGhC1Kdk/HPDi3+ec7nXoYh6l8HmwPeupaAtxd8ncjto5ke5nxB' +
      'UUJkg/bORinVKsKHlM5KKCa2n29u8taXwUs08i1B+26piCXk7/zlYOu+BVTq23+yoLSCaf5X0jJ8ezFiX2Ttl7pKEQvRb4pLSif1' +
      'jV1pOnOICPWa/P10fH+iv1T7OxP38dcW66Mc0Q9pjUtEjOp4PYNKNXowQzN4WfR43hytMelOtb9r7iFk/zr1Zoikz4LhJaXU0+ms' +
      'g6jZ020imd/ffDYMJxitETordnr0F1MybDjgsaZl2LpVdGfwFv1w6o/vS3Qe8zkw/CrPyfd59GdIvgSez7SayEygk2I6XTtdp7iM' +
      'XJ3/NiXDmXOKu0fR/AZ3Rl8y45oZTfAZ7o8y8nReyeDb01OAIMvs0YHpN2PF5vLllHPfLAy/OjVn922PviJl1pznU60mMm7nV6ls' +
      '373K4R4oE8lx+pMpGaYcD8y6SfOnZHiEIyorETzOoJLvdHZ6Ii3Dp/88XW9VELr62mLdY56JZ0S7pAxrCjy0B+Ho0hjhkGQeJv7a' +
      '6XqPghDx7ZQy3JeSVXWZeuhVMLQkJdUEd7op3pdTMiyYFl+YlmE65/08LcMdCoa+AdQKaH6Q7o+n6S9QbND8rxB2zZzNjGqUZz4j' +
      'uphyV5TNz0uAemdOx0dpqRJOTR2uW/S2VBY7t6RlWPuh42SvH8OZ/MfL3ujZ+7cMXgPQ/P/LehPfFimd9/xm09NN98CFIpg/0drW' +
      '2IY1G59Zu+npjVi/prG1Ga1rn9rYuB5rNq6eeK9gW/ywbP4pu9VebtJmAegbkXJ+3v1jAYDDI1Lel0ej29E/RqSszNFug3nww+UR' +
      'KeuJUFOyaH/BAevSs2dKxufbSHZUygARakuW7S86MOWJ3Dzp7Mnc05aNSlmWZ6c/R1uWo5EvbwPYNSplW9aO2G87UFjbXdBjrdtt' +
      '2cPrw4r/7JnPPj198lQJzNvXZbr/jUp5PWv3jYr79++xHNhtWV105mwJaqaSbw4G9F+RcnWeb7/I820RAy5fkfK2PN/qGTA6ibaC' +
      'Adcn0dYzwDJ2k0ajxgD7mJTmLfOBEsd+5QB7MGeP4u9jwIIxKb1ZfxyPlmTpRxnw2NiNHDseKwE8FB8DNo9J+aEFgL9Ea6zf32k/' +
      '8LK9vvsP9p6X7Lt32feE7OHf2/lMduZsLjm0djYFsF2TckVWn2u/5QCv7VZ62LKis2eIqWYqaN0XKYD3mpQBhQLP5ueBbltP4e6C' +
      'PdawRdlegpOnPj392Zmzj5Qsu0knNmBha3Nr26a2xlVY2LZmcxsWbnp6dWNbIxauaW749abGDWuwcFVrK/4fz9S8uznyvgNcGs+9' +
      'fSK/ZZJ8aU7+Z+PzxSI3Zt/vmcTPJo2zc7+V3Ls3J+/Nya9XJsrbJumbl6NxTP6uMPl7wo/LszzZ/Gf8+8X8/+L/+PNvzEP9GFAR' +
      'AAA=',
  },
} as const
