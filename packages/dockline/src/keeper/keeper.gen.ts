// Made by `npm run keeper` from keeper.c. Never edited.

/** The sha256 of keeper.c when it was compiled. */
export const SOURCE_SHA256 = '4bb0a4d9985d426745c52f7606e3dd852b20de7daffb96ca398271e2ab52a0d8'

/** The compiled keeper for each architecture of Linux: gzip in base64. */
export const PROGRAMS = {
  amd64: {
    sha256: 'd72581994aa824bf28873fa7b47fcde345c5777083c4e4f8855e80dca469ad8f',
    gzip:
      'H4sIAAAAAAACA60Xf2wb1fk7J07TYPUSSGgKHTXjYInQSo9FLEYt3LU2fa5cIVQKE7+W4HZrR9VCcwbEssbt2aMvxqFiQWKAKpjY' +
      'hrRJQxPSnHY4FztNmlRriwWlDI10rIVzXdoU1sROab7te+d0acem/bH3z3vv+/2+X++9rkDoLpckwcxwwR1AOxs0sdfK8A2eiySg' +
      'QStUgAZuqBS0bpg9tEvmlWW+mRlqnYn4qgCgrQxvW6hdMs8ML3gv4bvnhLGuCv73UWYD9XPGP2Pm8XFbmQugWixpKOMBNRdQLcb9' +
      'yng/GaTmaF1MHQcA2c0SfqWY1pbLwDaGlHG7AoD9nE1OM2l/lm1EQqgWSRBc4wHVSt0AAIwfYbxTKbJkpzIuu7Oq1V0/p9tTFcsZ' +
      'cxharaPGGdVqHZV7raxqsYSsdavJ+w5Hp+Y+dRV7zKphcjrHcIBxmUmHC2OCnXird9YTe+Esk4pDAFlmnvLqqRoAGPIri4AlQ8oi' +
      'xsfVHMOR4OS4mVmys47xLxgfYubU3KeOM37QfgsRmTnoza7hpSA/m270aEDmm6c0xv/G+JjdQxThs4wP268gYvobgsKifQcihvhB' +
      'Wm5AxBQlDR39YzY8/Coiym5mDmoPZnnxRuwiN2TYwCdViReiCzXwfWDMi+eMGoaWQBb+qubw0LZr2cCxKpbcRSRmaieFPkXBYrL/' +
      'MOOHs/q9Ov/7WsYvrNkrSH5cDUYDS7h/twCA+VZ4I9V+/injY/g+M7Ma234+urANIkcffFh/KBvkpURXJQtPmChtq58cc2KduoPE' +
      'h1HNye5g2DcLSJDsGp1/EeQl4ZDwd8s+eWEaMb3oX4740TRiMPlEE60fIdz1Hg1ocw8hwlOMf0xObT7KeCYlOakkPKPfn3KyTN9T' +
      'DQD6fWzgmFcI/UBfq9+7dg3bfqqpllznV16iBN1Fq9dS88jmYb+yC/ECyu6AmktdLwEw8xAKQbKbyPS+KADsXUbE5p9Q/yPpCiU3' +
      'KS/paVkC0PtdAOCcOMTHQ/xMiE/TqX9gdiq/AmMZ44dZuFN5jTS/GeKjspvFrW3zEn7lTbNYZ7hNO1pY7vCrE4wfZSThE0HVZZOQ' +
      '3WC85lRWk0O2B8RphgWN/PwWRFQttn2QDklB0h/WH9G/n412NUJkwdDKRomFJ1j4zsujEu1aIPAL/gNev19UYUC19PvSN3g0ELl5' +
      '0aVtSwB4Q8d8MqVTqS2nK29YP18kMLrb5osY8UqFzNz5TiUASyxVymo+BADnIElDaSM6v1JNhD23VZA/J1Yl/S0dVO1eQnntm75C' +
      'ZDxLJLFJF8nyK95oK8jxvAsglNik1JrnJbnnIxcAH0s3ezSwHxM8w0J/lqiSzylttdS2yp5E6j7cDvGDsjvIBxk/naoQzeak7F4d' +
      'Py73JF0Ay4diggv4Q8oSvVuKWfKLmaVN8otWLGO4gzhQOBnio6rVXRMbMTzRUjOT/RmGmcJpYewqF8AQwB5KnGCypU7v9tQx3/iT' +
      'lbGRiEsd2RmqX8kww8ypusgxf7fmYqZVEVBzel8lOEnbxBL3Kk3R20GOPU/Bsbpr+DDjR6Ilr9xrRUvflnsHGGaq90c+1WJouBk3' +
      'lCbyXJN9dgpRN0uVEQ/3Ky16H90phbd0s+QWkFa9j7p+YbdulqoEZKneN4cgz+lmqd5o0M3S1ZE5ZIRWuFrHgfwTiBjkGb2vAQDy' +
      'YUTUo8XvybH1lBrR4gORmqA5Jck/XSsB8L9sP+H0LJs6UiJK3SZuGbIva1zBcJ+DLRxj/CT1NHOPaFXGNSwRUjTm6961UAM5FhNH' +
      '5jsImehUWlbHP5dj33IB2PkpROHhRZJQgu4T9QCkykyRKpBjHpcIpmr1UfxIC0v+nnCMT1LisS9/Q3mkseSeNxdqwF8m3LDQJQnv' +
      '7yAj7IMlxERIWcoP2Yaj1KiKPn0NRKpUy3cgUpnwK61s4EQVj8dIdsK9jgzZvk806QNyb+AaxgNedAfrAVbHPzdu54fsm6fIk/tY' +
      '3IrczA/ktQuIgTjKsVdE/ZWrxEnGI7KbUPFGRFwu/8Hf8nhQGiK7q4O+Ifm53FeI+de/QlRzswrsImt+hQTkuaV2quTYXkO2y/GR' +
      'acSAenxFtPNGAErkwcKXfCy9mCpHLc1UztPJYNKvYEAdoTRoZEmnGPbQC8JRtSrZUh1qHlUtpyH17KAOKe1XR4LJeg/zHe5sZsm3' +
      'nbrLMelg0PfettpA90MN4G9dSNmFmUKBLrGBwsGAioUqXbwaQomQ0hj0DbJkr+ANyXfvp4ty8mPG3w0lX3WAzR8GfSNyT2YakSU9' +
      'tQwz3R515yos/DmgYv7taUTy6dgFxDzRJNy5KwGW4Z0A277Jwudn9bz03HLjQ/cvrgTI/2waES3ufp02qQuIbPsg9bxZHXYN4+ft' +
      '96eo/ZrLNl0JAF3XCdvt70yS+8bsVBl5NyHlXuvBrL5WF6ERXdQ81cgSc5hZlOSeIQmALslEVy0zi67IovRtFIj6SUTK8V9LAHZd' +
      'CVHnVv5lcU8VKyMPpJcS0ZkJh2gHyUjoXir+6r315f5RbZ+cQFydaG/k+0L8M/uGKUR+uj9WqYE9PoloLvttHZkXu1UCwAORj/LN' +
      'jvwqOb5EAkivIB2Jso7rHB1LhA5HPKGCfDCY0JscwDMTolcLUwRgI1EkNjbqfJ9ZnBtptN89h7iXXKW/Q2YGpcH8s+S4vnP/dLSU' +
      'ZfyMvZuCZ0Xes39JMF9226h/xurbJxH76ZFmj55DLLxr7ziHGPQNdnrTVwFA/xtE1CBicMZuKdERR6gBdB0RUe7/0KWBfW7CidGz' +
      'JD5ZeS0zz9cH5dX76JLhZ+xFjvrr7Zsc2T95I0329s+r0MDum0DUxbOjUBegAD9D4nW51wpIVjBc1Ps+m1XGIb5fVGLh9C2Pb90S' +
      'vgW8UANiCR1GuwHrNz+5ceuWzbBpfXvHBujY+MPN7Ztg/eZ1AIs7NnQYW432R2Gxsf5pAxZv3bKu3WiHxY92dMD/YVwx688As/4n' +
      'dnm/5IpL6aXL+OvKsFvLe3r6OrOzvwW+nn9mXgAA9NaqgMv+K57L/ikX/y3/Lq/ia8418y+6Dv67/f8Af4xFAqgNAAA=',
  },
  arm64: {
    sha256: '3bd1a60fb259bab359d915b1f7a2dc36566650713bd957c24d9d18c43e3545a4',
    gzip:
      'H4sIAAAAAAACA61YfXBU1RX/3Xd3kxCWJcHAItgmgTjSSJEpm85mpjO5+VCsiOCyrc7gTDYJ1IQvuyRj0eDwAGupK21eEtkOFBKs' +
      'ddidcYbpYGFblUXR6RSnowsCYwXeBlQ09AMh4Iq7p3vebnST2hn/6Ptj73vnnu/zu+feu5vuvPcuTQiMPhoOgr8uQlnfanSi5EsW' +
      'KHggoVAAu8VrR/6jxownJmPMCIgvfwsAnM7RT0+uHzOOPtNRMUbu/g+6VhTgmz+jbn8LetyUMH6moV+DHpftrZ6q9lbPVsDdYIOx' +
      'CbbVfiIfj6ZrYEZMNp88LxG5U+hxQI+3QiXroWorY7i/6hZMGahC4IeAj/kqN6o+1tEKJGGz7xohcrGN2Vn9NeXtszyAFmRe2T7L' +
      'w7xJIleq+5XwkBSWjZSEkTgMgw6jtqnojZ1bt9l3tcVQOvuLcs95qUWGpC2yqQqX5xD5PiYKpbpf38f6LkhUp7r/HP5QiogAeir3' +
      'uw3WZTbCOEcU2rxR9X2YGa25o27jPaJQQhZEThOFigr1uN+h9yYaYVg5gR63QY8L4ESq+w1L/8XCsXSmbQZ6NI/qrYzVGY0XHj9e' +
      '1d526HmO04aAQ8DH+WK+8lxOOd4Gj+rlvFRABkWRitYBAZQM7Lxm5eHlMPt8ZZkI9wE9na/VGSPLtfCIROSaFNVl0L3XZyIZAnr8' +
      'xSoKAXfLFJU0/7kwWQcMbwZ8CTmt2pQ3RQa1upP9BSjt1IQxMEsFNqfJd2VZfXhkeUP4+kyVTHUfteJyTNsSp7a5xxQGey+W6PFE' +
      'WzYHqW5YvkiRjdmcjGQFYnFTamHkcnD3BD0+JGUE0Htljmbejqi5FcacCXq8Hnp8fD7N5thjkHCbt+vRxOswtBI9HiYKlQOXvyvg' +
      'MxeoaHkTAjFw/rTSVLcK53y0cLOtwsJhr4AenzVON+twEPnMJbHHzBvkTryuGRq2WLjtydmYe4O4Lt5PiFwfSkQYMx9JUc2xHnly' +
      'yyHGS1GRHl8+ipW33MaSHFYWj9JOuI17mNYIY0gi0gBxzNyo+r4ON3MK+fu/82DNlehxXjNfN6f5Ve1zQE0mRq/mRy2gR68Suay5' +
      'FXlzK7Jz/8jNfSARgU1FM+ugmnG4WMCX6j4cNiUWcYzYqPqGsvFUD0KPprqP7DubwSO/p4lc4u5tcWrEOwkx+Ok+x1d+Y6PYlfVP' +
      'j5ME6zPYV2qEwXZZZo5Tj1dAjyfk2HVEmxBm3qFCFcbd2+KmGPyU5SodsZ14Qo8rG3ZZWCx5ysIir8d8+VEs8rq4kolPB3om+LNr' +
      'Q1xamKx7QnznepsMV9pgiEuFSV7LVp3ed1s+mrM/OxgEev4lEVl9pM4w5eRIQmrGPsvOljG5/1QiwjiZNAs+pxWLZsQWw6gAguZs' +
      'JE0pjJfTFPpIIuKfiQPmbJUEVC1moqYM6Lkkb4r0X3MbZENg7Qxej2URUxZWn05TiPEWu/mzg6JkS3ykrTKYkFMjQ5v0+MdpCnHd' +
      'TFkQ6SIKHc7Y3z6dZadGDq+61fPRMkQroGozfgWGCgdmlA8iYBYOzGgGVh2xw2dKEcnmS9VutaPmuWk4wHVoBmpnt/ut3l4FBJth' +
      'G27TB2ZcaBSGDbYgbDC2PoTazHq7fCRNvnuKVG0R9HiDA8ZT0L1DtyFp3qaSgvu9He5M7b28F2hlynNBiupmHYGEa2BG8wEEhlwD' +
      'MyqhVQuimibAfZ5lZwsjkKbQuRIE6gV8L0D3mg8gOkzk4lodI3Jteh6BhhJ9J/vyNpHrXBkC3MfeZN7liJpMm56lfci0ZkT/zrSl' +
      'CAxK+M49iECl5L6BZHOLCMSc8DV3iIA2of7zDid8pkf1Fl94/HhLx6pDLYCbIFbXa/D5RbHVf48Abq1IJRMLVLIZYljZ4CsvQtR8' +
      'QEXXCLykc48Fyt60ofQVItdFicgLmu79E5GLfYZH9V7M9O4n0hQatONAxQQVzdBLKyYg6u9YdSg2CW7YsKRVFAczNfEmficMBbyo' +
      '2MYClVRFSKq9MBTEi36B4MMd1YcWMB6aVdSU9uqH0xTyAwfQrmr9QA3BvjrhgM9crqKrRHGQv5UdUd6rVQdqK4RKqlIkKybl/JiE' +
      '6NwCHGBdvjSFLklEBu146SNpr36AyGU2q+h9eTbwOdVMsvoVyl60w9A71npiRDWMYWtNFdUYt+aw7JefHTxkxzt26HEXnowPafZj' +
      'ezV7kHHsTmf77XY7fBrsQe4bg0IEm4HhpyV806B7DwttmDFuP75lJ/fo89J+7DAwfK+E748pcrOe/WkKPTpCNWajZqB93Ya/CQTP' +
      'iSnDi86Tz5mrwWGBYe5zzzPWO/yeAcjVisjHGDtP5Pq9JoKsn/fYFiLf97kORK4mCGsNPNne5qkqg4dp7NcQ78+lKpqgX3jLIVZP' +
      '4n1po+qrFLq3L1Pn/Ny+l/WhtKIU0af4Hbp3J+dVTo5sTvP5RIW5r32597Y1hkf3slT3q2P3+9Y646pE5FWuh1NFeb2vEfDxWt6Z' +
      'oZmyLHIwb45rznpT3a9Zew3b/oJ7OFSyzobLi0u59/OZCBGr9xepJNvivsnniLoiXE4I+Ky6zqkxNqYoZJbAfSNFIftG1ZfBTOQv' +
      'E79+/+JzW10JLu+VOXlVY6xheSfcp/T68DSgh2M62TDF4LjMXD9Ym6JQ5jxT3a/pXlO6IlutuKZFMjiojmXk+VyTwaK7vwABkdnL' +
      '/VO+ihUbypdxvuum4/LeiTm7D9UY96UoVDER7nf1+vConWWpbI++LlEdK1PJUfriFIU4x7HpX9HuTlGI9xWqQuCIYGyih89Yi9IU' +
      'OvmHKUanhuD11jrDbZ2dp0Z6iUK6BjfvQ7i4JHrawg166pi/YYrRryHIfNuIQoMpqqnNrIUBDcOLU+RLSFc1x/vzFIWU0ONVaQrx' +
      'eXB+mkKbNAx/AvgqoXvBut+ebHRzbNC9v2XsWjmbFnmU8yynWmvMLM7mZzvgK8/p+GuafIxVS0fFTcaqVBY7E9IU0j/fdHzAi8uZ' +
      '/MfL9vfvfCuDVT907zepN/M9TuS646frH2m7AxUohvWKzq6WLqxc92jH+kfWYc3Kls52dHY8vK5lDVauWzH2/iEe98K24dtipqPc' +
      'ok0HsOEK0Zy8e8pcAM9cIfpBHo1vUQeuEFXlaLfAOiDi6BWiJibUO+fvLthjX3L2jHN0vovvb1eI/ExocC7dXbxnwo9y86yzH8Cc' +
      'q0RleXb25WhLczT25WUAK64SdWXtqN1Fewob+gr67Y3P2nbIppDmPXvm1Lsnj59wwrqlXWI9V4m+yNrdX3nn7h22Pc/aVhSfOetE' +
      '/UT2rSRzjdNHiFbk+fbjPN/mC+DoCNEteb41CeCtcbQHuTjjaGsE8H4ejUddABdGiKzb6F3Okt3aHrEwZ4/jHxSA7RqRJ+tPySJn' +
      'ln5IAFXXvsxxyb1OgOvytgCWXiP6t83i11vu3N3j2PNrR0Pfrxz92x0Ln33GsSPoCD3t+M0vHfJ2cebsqdO5DAFcwxINwA2iB7N6' +
      'K3bb9siGPq1fLC0+e4b56idadjwaMP8GkZ/5m7J5uquvqL/w2YId9pBN2+LE8RPvnjx15uw9zqVf0ZkNmNfZ3tm1vqulFfO6Vm7o' +
      'wrz1j6xo6WrBvJXtzT9Z37J2Jea1dnbi//FMzLvLI+9/g4u57ybHWH7bOPnSnPz3RnE3SeXG7Pcd4/jFuPHm3LuW+/bn5P05+S5t' +
      'rHzROH2zczSJ8f9DjP//4evlRZ5s/jP6f8ec/+H/6PMfwWHrsIARAAA=',
  },
} as const
