// Made by `npm run keeper` from keeper.c. Never edited.

/** The sha256 of keeper.c when it was compiled. */
export const SOURCE_SHA256 = 'c39614c388b601fe8f17c4fd8064660bca0891e2bdf60d15549b36ce710789e1'

/** The compiled keeper for each architecture of Linux: gzip in base64. */
export const PROGRAMS = {
  amd64: {
    sha256: '2ccf6997e0517c039bffc0fa08d5f4907a709584feffb2946aaaf32f7ebebc10',
    gzip:
      'H4sIAAAAAAACA6VXfXBU1RU/L8mGECIvkSBBM7q2zzZMR+S1zJh1QN+ju/WsXac6fNipHyWutKAWlLz1Y0yTxbdpuVkWGYsztrbW' +
      'mdqO0/YPp/7RDdTNSzYkJI6AW0WdaQmlVF5YCsGPzW7AnHru22igttOZvn/uu+f7nnPu797bFYp8o0JRYOargBuBZy4Ycm6U6S11' +
      'n4qAAa1QCQb4oErK+mD2Z1ww1pT1Zkao9wbWqwYAf5nubzYuGGc+P/gv0Lv9H9Z91fC/f2U10P+J4gTaxyfcYzUAuoMpS5sI6bmQ' +
      '7qAIahN9HJCe4/9i+jgAqD5MBrVixlilAm6KaBNuJQD+FCenUdmfxU3EDN1hC1JrIqQ76S8CAIrDKDq0IqY6tAnVl9WdnsY5PXXV' +
      'iZw1B8lpHbXO6E7rqLrbyeoOJlWjR0+tOxSfmvvoAnzAqUU1k0PqR6Gicig/JtVZt2Z7I6vnz6JSHALIon3Kb6ZrAWAoqF0FmIpo' +
      'V6GY0HNII+HJCXtg2fYGFO+jGEJ7au6jx1EccF8mIrQH/dnVohQWZzPvzjOAw7dPGSj+jmLM3ckS0bMoht3niChzREo4PG8noog4' +
      'wL8biSjNTcNLP4LDwz8nItWH9qBxZ1YUr6EuTsMA9h+rTj5tNBsQeNua352zapEcycz/Tc/Rwc4rsP9oNaZ2sYidRi59mouFavAQ' +
      'ikNZc40pPlyL4uPVe6XIEzVgLcSkb8tiAAx83R+rCYr3UIzRW2hnDdx2zmheD7F37rzbvCsbFqVkVxVGCzYpnY2TY16t0zey+Sjp' +
      'OdUXjgZmEZmSXW2K98OiJBMSvb6ck6eniTJHP0vE/dNE4dTDLfx/D/OOzTOAJ7czIzqF4ggndck7KAbSitdKMjPmHWmvy8w9NQBg' +
      'rsP+o35p9G1zrblm7WrcdqqlnlMX1J7lBt3Ffy+k53PMw0FtV6WhgOoL6bn01QoA2gdJGlJ9LGb2xgFg70oWtl8n80/sK5J6UHvW' +
      'zKgKgNlXAQDeiiNiIiLORMQ0r/p7dof2G7BWojiE0Q7tBfb8UkSMqj7sdjrnJ4PaS3axwfLZbjy/ytPXCyjeQbZwTEp1uWzkebBe' +
      '8HZWiye2B+RqhqWM+tQWItId3DbIi+QimXeb95jfzca7miC2eOjmJgWjBYzedHFV4l2LJX/xf+Cbd8hdGNIdc13m+DwDZG9+mtL1' +
      'ywDEwq8t4lA6tJpyu4qF1yySDUw+/yJZI1GlcZjbn6gCwOQKrezmXQDwFpKytPUsF9TqWXBnXSXn8/gtqaDWzrvdzyy/+6XzRCiy' +
      'LJJ4vYJtBTV/vBXUbq6AKf5qn1PUna9UAIixzMl5Brg/kBrD0vtzFVy1Hdr6egatch6JsUe4EXFA9YXFEIrT6UoJNSdV363dBXXn' +
      'hgqAVUOJ5awF4i5tmdmjJBz1mYEVLeozTmLA8oWpP38yIkZ1p6c2MWLVxUtLUA0OIA3kT8tQv1ABMASwh9smnFreYPbUNWBg4pGq' +
      'xEisQh/ZHmm8GWkA7amG2NFgj1GBtlMZ0nNmbxV4LduCyTVaS/wGUBNPcWmcnloxjOJwvORXdzvx0rXq7n6kgZr9sfeMBFk+FJbW' +
      'wnlrcT+YIjLtUlWsTgS15WYvnyj5l0275JOUVrOXMT//vGmXqiVlhdk7hyk7TLvUaC007dJlsTkchJG/zKT+8YeJKCwGzN6FADAe' +
      'JSIzXvy2mljJjREvfidWG7anFPVH1yoAYTFmbjvBsBQRRUakZJzRptuxFpiBfdb8cOpmRaJWWAzn/xIRU4xr9h4JV9blmIxoBgZ6' +
      'bms2QE38RC5cPMnMZIe23D09RYTdTqw52aGtcI96MzVx6hOYiz92OaiJYyD9ku/pRgD2bqfZO6iJVxXmTOlOLxeVnWLqD8xDMcm9' +
      'iB/8jlvLwNSejc0GiJ8xb1i6VmRJnuSY3L0lomREWyEOum2ee6uaXceq9VzgtVhVco3WWl642BVk88mF8zkWn0Tu19TdxuUobvOT' +
      '78MFAKvUPwa1h8LKILuuDwcG1R3nzxONv3aeSM/N2jZefx5WfeNfUeTxmwxqNfEVLWD5kPblJ4LiTOYMN/9DJaKQPuL1/2O/xFSI' +
      'Iqnfy/7ngjbt4RvAN1PWJTPYtWRUdzxseiKi7NdHMLXmEsDAoY4v67kwy2Hgrc7GSPIurSbU07wg2NrMvUED+RN8APXnD4b0Qr7a' +
      'zEh8TEa0Jgzsi4iTEfVb+/l8mzyC4o3IkvFwYKRTxVRdPdJAT52+/RbKvxfqLqiJB4goXxnSCzOo89lamd+9dJpo/M1poqTvwKUA' +
      'K+kmgM5mjJ6bhVuZuWXwGv/1NBE5wverSwHGL5kmwm2DjFiz8HE1inPuonMMnvbKzZcCQNeV8r7ixiYZOMbcqSmPeTsz1d3OnVlz' +
      'rSnDkhhon2rC5By0i4q6c0R2fAmTXfVoFytiV2UmuQrrJom4MX+rALirS0SmcMZ/IU+ZYlXs7szHLKSXhbrZRtL08+at4SLVSFY4' +
      'ualJZFGcce+fIhJH+hJVBrjXF4nsla80cGQ7b1AAtsmJzMqfx5d4LqrV7mUKQKaqzgB3tOC5udJzs2yWG2aFxWA4abZ4hN6CBFsZ' +
      'jSS8VPACMcU+uzg31uTWF4j2crbMVxsZ2pTB8R9z7ooffZJrRYb73DQ7jL3pHmdaINs5GhSnvegfnyTq41uWO7dAlH/D7f+IKBwY' +
      '7PBnFgBA34sstEaW4YzbXuKl7uft2nVYlrjv3QoD3OXlMg2x+VTVFWifawyrt+5DL1vNnvur3Q2e7R++KHuzb36lAW6xQGTKe0O+' +
      'IcQ1fpzNm+puJ6Q44WjR7D0hW2nmYN8vGzF/+rqHtm6JXgd+qAX5C+1WmwUbNj+yaeuWzfDghrb2jdC+6fub2x6EDZvvA1javrHd' +
      '2mq13QtLrQ2PWbB065b72qw2WHpvezv8/9+8WXd+mPW+cMvzs7UXyisX6TeUaV8tz/nq6o3e/Dr4fP2ZcTG/QQCgEi56b9Rd9M74' +
      '9N3x7/YqP2ddM++aK+G/x/8vLPJ9d2gNAAA=',
  },
  arm64: {
    sha256: 'cadd7eaea692328ca470ccae0b0435289c0d07bd24eca65454d796d2d9e7f358',
    gzip:
      'H4sIAAAAAAACA61Yf3AU1R3/vN275AiXkGDgAG1zgTjGE4Gpl5nLjENefihYteCxVkecyYVADSGiR1IHDU6WHyrTg5olgXOgkNhS' +
      'h9uRGf7AgatWAlaHlnZGDwTGDrAXEKnRtiEQOPHu9b57G7ikdMY/+mbu3u73fX//eu9tx0OPPSwxhpEh4QDo7RK4+c4t+OkJN1HA' +
      '4YMMjhzYTVw7sgcfNb9r0b17k57d/M8BsM+C75tQPWoeGVPgHkX3xJdtS3Pww0ehNf8IasyQoa2U0C1BjclNS3xlTUt86wFvjQ1a' +
      'B2wrAkIoNBuunml9cv3J8zL0h5gaA9TYEvBENXhlaR+eKLsLE3vKEHwEUAivdA3vIh5LgARs9h1XhXCRjBkZ/hUlTdN9gBQiXLlp' +
      'uo9wE0K4ku1/jPTLzJSRlKHFD0ETh1BZ5/h4+/qN9h2NfSia8X2J77ws6f2yTe8ow2C5EMo/hAgn2z/aQ/wuyPAk29+PXJSZzoDO' +
      'Uu7ViJdRC+2cEOG1a3jXxfRsrile7QshwnE5Rz8tRNiRq8YCTnVLvBaa6ROoMRvUGANOJNs/Nvlfyh0NJ9haoFPy8S2l7iqt9sIr' +
      'x8uaGg/uJjttCDoZFPIX4ZVYPiV7a3x8C/nFDTnEHDxaBQRR2LN92PTDBxHSeWgRi3QBna3Tq7Sri6XIVRn6sMw8xVD91+5EIgx0' +
      'BvJ4FAzehok8YXwxL1EFDKwFlLg82WPId+i9UtXJ7hwUtUpM65nOg2tTQhlaVB25urgmcu1Onki2/8m0yzl5XUw0zjwWwMbYpUI1' +
      '5kbv5XgjtGQ7TF1MfzA1ZkxAwo0+035DliKw/DB/nBrrl2UdULfIFsy4D1FjPbTycWqsGmpsrE+N+r6XIcNr3KdG4x9BkwrV2B4h' +
      'wiXA4P0MivEAj5bUIdgH8qFUlGznEUtPM3c2us1c3MKgxqaP4U08nEIoxoK+l40bwhv/SNIkrDNz901LxswbgmLj/1oI10UZOuXN' +
      'VzLzkL2HN6w7SDnjcKixZ0by5Vmv9jMrXx4bgS31ao8QrBZavwy9BuyYsYZ33S53ynPp/b/9YK4VqjGqm9utSQFe+VugIm2jXwqg' +
      'ElCjV4RwmWtLs9aWZta+tda+lKHDxqPpWvBQLj7OoCTbD0UMGY+SjVjDu/oz9nh6oUaT7Yf3nE3nJD2nhHCx+RtjohafxVnv5T3O' +
      'W3pjDduR0U+NCRnETyNdRS00kks05QWUQ2osLo+uJdGBCOH25/II5m+MGaz3MtGVOvu241U1xm3YQTwup3VXgc5xfXM1qkt2el4i' +
      'm0+pDRo7nZugejXj0OLVql5l9xJvXnb9gLPwdTOfQ0DnP2XoK0qrbuYy1RXVE9WQIRfocVnS9uSSfetG+f5fMnTKk71uKEO1kpZv' +
      '2iNpvY9DcwMhYwbRM+0PKRH+SoZuTMV+YwZPALxSnYqKb+Rcj7AheP9UKIac6zH13ODVTqVEmPItMOX6AVa4LnalsTQUl4v1/g41' +
      'diklwhQ3Q87R24QIH6JacEHpl4v1nua7fV8tQpSDV6b1CsZze6aV9CJo5PZMqwKaD9tJjqQz00+8cr0dFdWTsJ/iUAVU1jYFzP5e' +
      'B4SqYBtoVHumXahlmg22EGzQ1j+LynS9DR5OCcXj4JUO8rMT2utQ/fF7kDDu4QlGPd8Ob1qGn/YDqZj7LsjMU68iGHf1TKvfj2C/' +
      'q2daKSQPE6KiDvCeJ9oZTHsxJcLnChGsZlDegeo3nkJ0QAgX9cNjQrg6diNYWqhuJ10+FcJ1rhhB6mWfEO5iRA2CTcnALhKsHtG/' +
      'E2whgoYDyrmnEWxwUN9Aor6BBQP5UOqXs6A0rvq7cflQDB/fknfhleMNy5sPNgDeHsZWrM2FEmB5Zg8+DHglB0/EH+CJerABVYZS' +
      '4kDUeIpH30iJcB/wnlHPoxtSIuwej/1o4pVGHrzuSdX3pnUuco9DNLC8+SDPhxc2LGhgeaG07/1uYK+b+DzAE24HEvxtyh+2N8AQ' +
      'iv+Oac8t9xz0UdzredSQ7Z6WlAgHkOEfACoE7CuqnVCMxTzazPJC9M7tiNK+zJej0s14ghch4c7nUVOPfERnAsWf2FDUJYTrkgz9' +
      'HUn1dwrhIt/Cx7d8KIRrkx0ab27x9QlRcTM/3/Jqs0fyU75+IGzHZ3aoscnYEDsi2Y+tlewhys25qUwP3WuHwmAPUW2qTArR/qPL' +
      'UCZB9af9O0B5+2Vs7Xbqu+dl+7FDwECLDOW9pPASn/dTIjxpWFQEmp9fvZchdIhNGBi4IJRpaf2cUGOnLZ17GAaof+1uCvhqmwO+' +
      'HsgruLWXpnuY6zVJCpEM2j8bhFAqKD+EcJVBMnN7Q1Ojr64YPoKRbnHae4t4NC7e8JeArfgWUKhv/96GolKm+n+TEuG78xH9IiO/' +
      'yF2EaIieyS4hXNQ3NqXo3MEj1Guy99SR/Yl+yfYPR+/lR+ZqV2ToRynGBTxKddzCoFCN7k7DDLlYP5y1RjEm3sn2I+YeQvK/p94M' +
      'nqiyYXBzEfV0Ou9AN3u6gyey+1uVA4NxRjFCZ+lBr/ZaUoTdRfDaUiJsX8O70vmmHx1/+32JzmRVhRiMyxb9p17tl0Q/Ad5TanVk' +
      'EtBJNr3nn6iRXYZV5y8lRThto2dYvOE3ZJe+2bRrkp7ucZ4/J0WYzixk2+a0zwMT6Xnyir+lhPWcsRmrSxZR7KumYPDt8Zb8b7za' +
      'k0mz9ryfq9WREXnPJDP995oMT18xT4zAlYweet+UW7AFSREekqGLMgQPMyiTgU46Ry1KifDJIxO1Vgmha0fmal7zfDNJT9dMWJXg' +
      'pb0IfQuipBPRzCN8/0StW0KI8F4XItybFBXV6brokTDweFIocdnlMeTJ+qakCHOmxmamRJjOfFTrHRIGvgaUUqh+EG9jgraObIPq' +
      '3045LKl+on01mfHdg+TDLL/dY/H4S0oolK8mjzl3aMFkJoeKUiKsftdxvMePwW5JjRXv697+13TeBqD6f0jcCW+1EK7ZL656oXE2' +
      '3MiD+YjWtoY2LFv50vJVL6xEy7KG1ia0Ln9uZUMLlq1ceut+wV7xw7b6x+xOZ4kJm5L+vTUkRHnWPWQm3YOGhHgwC0a3pBNDQpRZ' +
      'sLtgHv5wYUiIOgJUF8zZmbPLvuDsmYKR9TYAjitCBAhQU7BwZ96ucU9a68SzG8D8K0IUZ8nZY8EWWjDS5QMAG64I0ZaRw3c6duXW' +
      'dOV022u32rbJdWHJf/bMqc9PHj9RAPMW9k2ax9ErQphXsZqCfaUP7dxm27XVtizvzNkCVI8n3QoZsPuqEEuzdPt5lm5zGHDpqhB3' +
      'ZelWx4B/j4E9zYDrY2AtJHf4FoxmlQGOYSHM2+bDBYU7pV1sniWP7O9lQPmwEL6MPoWPFmTgBxkwf/imjwsfKwC8AD5lQNuwEEdt' +
      'APwFakPdzk7nrjeddV2/dnZvdm7d5NwWcoZ/5ZQnszNnLedQ7BwSYLshxNMZfu6dtl1yTZfUzRbmnT1DSNXjQXGfIwHeG0I0SWR4' +
      'xj8Pdzm6c7fmbLOHbdKGAhw/8fnJU2fO/rRg4S04oQGzWpta21a1NSzBrLZlq9swa9ULSxvaGjBrWVP9L1Y1PL8Ms5a0tuL/McZn' +
      '3dGR9T3gkvVe7hyNbxtDX2TR/2QkfvncmjPvs8fgszHzVOtZGvmaYNFzi75FGk3vGMNvhgWTMfb7wtjvCrenZ1m02WPkO0b5/9B/' +
      'ZPwHlr4pN1gRAAA=',
  },
} as const
